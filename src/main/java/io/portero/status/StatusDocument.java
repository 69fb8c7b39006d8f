package io.portero.status;

import io.portero.apply.Firewall.Count;
import io.portero.compile.Reason;
import io.portero.policy.Problem;
import io.portero.stage.StageTable;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The status document: the source of the page, the terminal output and the JSON.
 *
 * <p>Long lists hold only their first few members.
 *
 * @param inSync whether the kernel held what the policy says when it was last looked at or changed
 * @param since when {@code inSync} last changed
 * @param lastError the current error that prevents a repair of the kernel, if any
 * @param reachability for each service, then for each group: all, some or none
 * @param dropped by reason
 * @param contention the program that keeps changing our table, during contention
 * @param trustedUplinks the uplinks that the policy trusts by accident
 * @param hearing whether changes by other programs are received as they happen
 * @param nft the nft in use
 * @param remarks sentences about other firewalls on this host
 * @param auditUnwritten how many lines of the audit trail could not be written
 * @param refusedSources of the last hour, the busiest first
 * @param wouldDrop of the last day, the busiest first, by destination port; only in mode observe
 * @param staged the staged policy
 * @param history newest first
 * @param rates by service, if measured
 * @param outgoing the policy for outgoing packets, unless everything may leave
 */
public record StatusDocument(
        boolean inSync,
        Instant since,
        PolicyRow policy,
        Optional<ProbationRow> probation,
        Optional<String> lastError,
        List<ServiceRow> services,
        List<GroupRow> groups,
        Map<String, Map<String, String>> reachability,
        List<NameRow> names,
        List<ListRow> lists,
        Map<String, Count> dropped,
        Counted<BanRow> bans,
        Counted<GuestRow> guests,
        List<DriftRow> drift,
        Optional<String> contention,
        List<UplinkRow> trustedUplinks,
        boolean hearing,
        NftRow nft,
        List<String> remarks,
        long auditUnwritten,
        Counted<DroppedRow> refusedSources,
        Optional<Counted<DroppedRow>> wouldDrop,
        Optional<StagedRow> staged,
        List<History.Entry> history,
        MetricsRow metrics,
        AgentRow agent,
        Optional<Map<String, RateRow>> rates,
        Optional<OutgoingRow> outgoing) {

    private static final int SOURCES = 20;
    private static final int FLOWS = 500;

    /**
     * The policy in force, and the file on disk.
     *
     * @param origin file, last_good or fallback; none before a policy is in force, as with digest and mode
     * @param lastReloadSuccessful whether the last read content of the file is in force
     * @param lastReloadSuccess when its content was last put in force
     * @param problems the problems of the file
     */
    public record PolicyRow(
            String file,
            Optional<String> origin,
            Optional<String> digest,
            Optional<String> mode,
            boolean lastReloadSuccessful,
            Optional<Instant> lastReloadSuccess,
            List<Problem> problems) {}

    /** A probation: the policy is rolled back at this time unless it is confirmed. */
    public record ProbationRow(Instant until, long secondsLeft) {}

    /** @param listening whether the metrics port is open */
    public record MetricsRow(String host, long port, boolean listening) {
        public String address() {
            return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
        }
    }

    /** The process that wrote the status. */
    public record AgentRow(long pid, String version, String runtime) {}

    /** @param danger the consequence, as a sentence */
    public record UplinkRow(String name, String danger) {}

    /** Packets a second. */
    public record RateRow(double accepted, double refused) {}

    /** Whether nothing is dropped. */
    public boolean isObserving() {
        return policy.mode().filter("observe"::equals).isPresent();
    }

    /** The same with these counters of the kernel; other fields stay unchanged. */
    public StatusDocument withCounters(Map<String, Count> counters) {
        var counted = new LinkedHashMap<String, Count>();
        for (var reason : Reason.values()) {
            counted.put(
                    reason.word(),
                    counters.getOrDefault(reason.counter(), dropped.getOrDefault(reason.word(), Count.ZERO)));
        }
        var passed = services.stream().map(s -> s.with(counters)).toList();
        return with(passed, counted, refusedSources, wouldDrop, staged, rates, outgoing.map(o -> o.with(counters)));
    }

    /** The same with the dropped sources as of now. */
    public StatusDocument withDropped(DroppedSources.Report report) {
        var ports = new ServicePorts(services);
        var sources = Counted.of(report.sources(), SOURCES).map(DroppedRow::of);
        var flows = Counted.of(report.flows(), FLOWS)
                .map(f -> DroppedRow.of(f).towards(f.wanted().flatMap(ports::serviceOf)));
        return with(services, dropped, sources, Optional.of(flows).filter(f -> isObserving()), staged, rates, outgoing);
    }

    public StatusDocument withRates(Map<String, RateRow> measured) {
        return with(services, dropped, refusedSources, wouldDrop, staged, Optional.of(measured), outgoing);
    }

    /** The same with the dropped outgoing packets as of now; the kernel is read only if something was dropped. */
    public StatusDocument withDestinations(Supplier<List<OutgoingRow.Destination>> destinations) {
        boolean any = dropped.getOrDefault(Reason.OUTGOING.word(), Count.ZERO).packets() > 0;
        return any
                ? with(
                        services,
                        dropped,
                        refusedSources,
                        wouldDrop,
                        staged,
                        rates,
                        outgoing.map(o -> o.refusing(destinations.get())))
                : this;
    }

    /** The same with the counts of the staged policy as of now; the kernel is read only if there is one. */
    public StatusDocument withStaged(Supplier<StageTable.Differences> found) {
        return with(
                services, dropped, refusedSources, wouldDrop, staged.map(s -> s.with(found.get())), rates, outgoing);
    }

    private StatusDocument with(
            List<ServiceRow> passed,
            Map<String, Count> counted,
            Counted<DroppedRow> sources,
            Optional<Counted<DroppedRow>> flows,
            Optional<StagedRow> compared,
            Optional<Map<String, RateRow>> measured,
            Optional<OutgoingRow> leaving) {
        return new StatusDocument(
                inSync,
                since,
                policy,
                probation,
                lastError,
                passed,
                groups,
                reachability,
                names,
                lists,
                counted,
                bans,
                guests,
                drift,
                contention,
                trustedUplinks,
                hearing,
                nft,
                remarks,
                auditUnwritten,
                sources,
                flows,
                compared,
                history,
                metrics,
                agent,
                measured,
                leaving);
    }
}
