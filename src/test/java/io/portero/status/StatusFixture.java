package io.portero.status;

import io.portero.apply.DroppedSource;
import io.portero.apply.Firewall.Count;
import io.portero.bans.Ban;
import io.portero.bans.Owner;
import io.portero.compile.StageChange;
import io.portero.config.AgentSettings;
import io.portero.config.Loaded;
import io.portero.config.PolicyReader;
import io.portero.drift.Attribution.Attributed;
import io.portero.drift.Culprit;
import io.portero.drift.Drift;
import io.portero.events.Origin;
import io.portero.events.Status;
import io.portero.events.Status.SeenDrift;
import io.portero.guests.Guest;
import io.portero.lists.ListState;
import io.portero.names.NameState;
import io.portero.policy.AddressRange;
import io.portero.policy.AddressSet;
import io.portero.policy.Ip;
import io.portero.policy.Policy;
import io.portero.policy.PortRange;
import io.portero.policy.Problem;
import io.portero.policy.Reference.HostName;
import io.portero.policy.Reference.UrlList;
import io.portero.stage.StageGaps;
import io.portero.stage.StageTable;
import io.portero.stage.Staged;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** A status in which every field has a value. */
final class StatusFixture {
    static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    static final String FILE = "/etc/portero/portero.yaml";

    static final String POLICY = """
            groups: { itsp: [203.0.113.0/24, "2001:db8::/32"], admins: [198.51.100.7], nobody: [] }
            services:
              ssh: { ports: [22/tcp], from: [admins, 192.0.2.9], management: true }
              sip: { ports: [5060/udp, 5061/tcp], from: [itsp, sip.carrier.example] }
              web: { ports: [443/tcp], from: [any] }
              old: { ports: [8080-8090/tcp], from: [itsp], enabled: false }
            """;

    static final List<History.Entry> HISTORY = List.of(
            new History.Entry(NOW.minusSeconds(60), "applied", "the policy file, since the file changed, in 22 ms"),
            new History.Entry(NOW.minusSeconds(90), "adopted", "the policy file, at the start"));

    private StatusFixture() {}

    static Status everything(String mode) {
        var problems = List.of(
                new Problem(Problem.Severity.ERROR, FILE, 9, "services.sip.from", "\"itps\" is no group"),
                new Problem(Problem.Severity.WARNING, "/etc/portero/bad.list", 0, "", "it is empty"));
        var drifts = List.of(
                new SeenDrift(
                        NOW.minusSeconds(5),
                        new Attributed(
                                new Drift(Drift.Kind.CHAIN, "service_sip", "chain service_sip was deleted"),
                                Optional.of(new Culprit("firewalld", 4711))),
                        Optional.of(Duration.ofMillis(7))),
                new SeenDrift(
                        NOW.minusSeconds(50),
                        new Attributed(new Drift(Drift.Kind.TABLE, "", "the table was deleted"), Optional.empty()),
                        Optional.empty()));
        return new Status(
                true,
                NOW.minusSeconds(200),
                Optional.of(new Status.InForce(policy(mode), Origin.LAST_GOOD, "c3ff15eef62a44b7")),
                new Status.FileStatus(
                        FILE, AgentSettings.DEFAULT, false, Optional.of(NOW.minusSeconds(4000)), problems),
                Optional.of("nft does not answer"),
                Optional.of(NOW.plusSeconds(95)),
                drifts,
                Optional.of("firewalld"),
                new Status.Observed(
                        List.of(
                                Ban.told(
                                        AddressRange.of(ip("198.51.100.66")),
                                        Optional.of(NOW.plusMillis(3_600_500)),
                                        "portero ban by ann"),
                                Ban.told(AddressRange.of(ip("2001:db8::66")), Optional.empty(), ""),
                                Ban.told(
                                        AddressRange.of(ip("198.51.100.67")),
                                        Optional.of(NOW.minusSeconds(1)),
                                        "over")),
                        List.of(new Guest(
                                "sip",
                                AddressRange.of(ip("192.0.2.7")),
                                Owner.HAND,
                                NOW.plusSeconds(3600),
                                "contractor")),
                        Map.of("sip", 2),
                        List.of(),
                        Optional.of(new Staged(
                                "/etc/portero/next.yaml",
                                NOW.minusSeconds(600),
                                NOW.plusSeconds(80_000),
                                Optional.empty(),
                                new TreeSet<>(List.of("staged_drop_sip", "staged_admit_https")),
                                new StageGaps(List.of("outgoing"), List.of("lists.example/drop.txt"))))));
    }

    /** The status before a policy is in force. */
    static Status nothing() {
        return new Status(
                false,
                NOW,
                Optional.empty(),
                new Status.FileStatus(FILE, AgentSettings.DEFAULT, false, Optional.empty(), List.of()),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                Optional.empty(),
                Status.Observed.EMPTY);
    }

    static Map<String, Count> counters() {
        return Map.of(
                "service_sip_accept", new Count(3, 300),
                "service_sip_drop", new Count(4, 400),
                "service_sip_new", new Count(5, 500),
                "dropped_source", new Count(2, 80));
    }

    static List<NameState> names() {
        return List.of(
                new NameState(
                        new HostName("sip.carrier.example"),
                        new TreeSet<>(List.of("services.sip.from")),
                        AddressSet.of(List.of(range("203.0.113.5"))),
                        Optional.of(NOW.minusSeconds(41)),
                        Optional.of(Duration.ofSeconds(41)),
                        2,
                        Optional.of("SERVFAIL"),
                        true),
                new NameState(
                        new HostName("none.carrier.example"),
                        new TreeSet<>(List.of("itsp")),
                        AddressSet.EMPTY,
                        Optional.empty(),
                        Optional.empty(),
                        0,
                        Optional.empty(),
                        false));
    }

    static DroppedSources.Report dropped(boolean observing) {
        return new DroppedSources.Report(
                List.of(dropped("203.0.113.9", Optional.empty(), 70)),
                observing
                        ? List.of(
                                dropped("203.0.113.1", Optional.of("5060/udp"), 3),
                                dropped("2001:db8::9", Optional.of("23/tcp"), 9))
                        : List.of());
    }

    private static DroppedSource dropped(String address, Optional<String> port, long packets) {
        return new DroppedSource(
                ip(address), port.map(StatusFixture::port), new Count(packets, 60 * packets), Duration.ofMinutes(2));
    }

    static List<ListState> lists() {
        return List.of(new ListState(
                new UrlList("https://lists.example/drop.txt"),
                new TreeSet<>(List.of("itsp")),
                Optional.of(120),
                2048,
                Optional.of(NOW.minusSeconds(1800)),
                Optional.of(Duration.ofSeconds(1800)),
                NOW.plusSeconds(1700),
                1,
                Optional.of("the server answers 500"),
                Optional.of(new ListState.Held(7, "it has shrunk by more than half")),
                false));
    }

    static StageTable.Differences staged() {
        var source = new DroppedSource(
                ip("198.51.100.7"), Optional.of(port("5060/udp")), new Count(4, 400), Duration.ofSeconds(3));
        return new StageTable.Differences(
                Map.of("staged_drop_sip", new Count(4, 400), "staged_admit_https", new Count(0, 0)),
                List.of(new StageTable.Source(StageChange.DROP, "sip", source)));
    }

    private static Policy policy(String mode) {
        return switch (new PolicyReader().parse("p.yaml", POLICY + "mode: " + mode + "\n")) {
            case Loaded.Accepted accepted -> accepted.policy();
            case Loaded.Refused refused -> throw new AssertionError(refused.problems());
        };
    }

    private static Ip ip(String text) {
        try {
            return Ip.parse(text);
        } catch (Ip.NotAnAddress e) {
            throw new AssertionError(e);
        }
    }

    private static AddressRange range(String text) {
        try {
            return AddressRange.parse(text);
        } catch (Ip.NotAnAddress e) {
            throw new AssertionError(e);
        }
    }

    private static PortRange port(String text) {
        try {
            return PortRange.parse(text);
        } catch (PortRange.NotAPort e) {
            throw new AssertionError(e);
        }
    }
}
