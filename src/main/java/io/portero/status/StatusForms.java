package io.portero.status;

import static io.portero.status.JsonForm.FLAG;
import static io.portero.status.JsonForm.INSTANT;
import static io.portero.status.JsonForm.NUMBER;
import static io.portero.status.JsonForm.REAL;
import static io.portero.status.JsonForm.TEXT;
import static io.portero.status.JsonForm.list;
import static io.portero.status.JsonForm.map;
import static io.portero.status.JsonForm.object;

import io.portero.apply.Firewall.Count;
import io.portero.policy.Problem;
import io.portero.status.StatusDocument.AgentRow;
import io.portero.status.StatusDocument.MetricsRow;
import io.portero.status.StatusDocument.PolicyRow;
import io.portero.status.StatusDocument.ProbationRow;
import io.portero.status.StatusDocument.RateRow;
import io.portero.status.StatusDocument.UplinkRow;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The JSON forms of the status document and its rows. */
final class StatusForms {
    private static final JsonForm<Count> COUNT =
            object(f -> new Count(f.of("packets", Count::packets, NUMBER), f.of("bytes", Count::bytes, NUMBER)));

    private static final JsonForm<Problem> PROBLEM = object(f -> new Problem(
            severity(f.of("severity", p -> p.severity().name().toLowerCase(Locale.ROOT), TEXT)),
            f.of("file", Problem::file, TEXT),
            f.of("line", p -> (long) p.line(), NUMBER).intValue(),
            f.of("key", Problem::key, TEXT),
            f.of("problem", Problem::sentence, TEXT)));

    private static final JsonForm<PolicyRow> POLICY = object(f -> new PolicyRow(
            f.of("file", PolicyRow::file, TEXT),
            f.orNull("origin", PolicyRow::origin, TEXT),
            f.orNull("digest", PolicyRow::digest, TEXT),
            f.orNull("mode", PolicyRow::mode, TEXT),
            f.of("last_reload_successful", PolicyRow::lastReloadSuccessful, FLAG),
            f.orNull("last_reload_success", PolicyRow::lastReloadSuccess, INSTANT),
            f.of("problems", PolicyRow::problems, list(PROBLEM))));

    private static final JsonForm<ProbationRow> PROBATION = object(f -> new ProbationRow(
            f.of("until", ProbationRow::until, INSTANT), f.of("seconds_left", ProbationRow::secondsLeft, NUMBER)));

    private static final JsonForm<ServiceRow> SERVICE = object(f -> new ServiceRow(
            f.of("name", ServiceRow::name, TEXT),
            f.of("ports", ServiceRow::ports, list(TEXT)),
            f.of("from", ServiceRow::from, list(TEXT)),
            f.of("enabled", ServiceRow::enabled, FLAG),
            f.of("management", ServiceRow::management, FLAG),
            f.orNull("limit", ServiceRow::limit, TEXT),
            f.of("accepted", ServiceRow::accepted, COUNT),
            f.of("refused", ServiceRow::refused, COUNT),
            f.of("connections", ServiceRow::connections, NUMBER),
            f.of("draining", ServiceRow::draining, NUMBER)));

    private static final JsonForm<GroupRow> GROUP = object(f -> new GroupRow(
            f.of("name", GroupRow::name, TEXT),
            f.of("ipv4", GroupRow::ipv4, NUMBER),
            f.of("ipv6", GroupRow::ipv6, NUMBER),
            f.of("ranges", GroupRow::ranges, list(TEXT))));

    private static final JsonForm<NameRow> NAME = object(f -> new NameRow(
            f.of("name", NameRow::name, TEXT),
            f.of("groups", NameRow::places, list(TEXT)),
            f.of("entries", NameRow::entries, NUMBER),
            f.of("addresses", NameRow::addresses, list(TEXT)),
            f.orNull("answered", NameRow::answered, INSTANT),
            f.orNull("age_seconds", NameRow::ageSeconds, NUMBER),
            f.of("stale", NameRow::stale, FLAG),
            f.of("failures", NameRow::failures, NUMBER),
            f.orNull("error", NameRow::error, TEXT)));

    private static final JsonForm<BanRow> BAN = object(f -> new BanRow(
            f.of("address", BanRow::address, TEXT),
            f.orNull("until", BanRow::until, INSTANT),
            f.orNull("seconds_left", BanRow::secondsLeft, NUMBER),
            f.of("by", BanRow::by, TEXT),
            f.orNull("note", BanRow::note, TEXT)));

    static final JsonForm<List<BanRow>> BANS = only("bans", list(BAN));

    private static final JsonForm<GuestRow> GUEST = object(f -> new GuestRow(
            f.of("address", GuestRow::address, TEXT),
            f.of("service", GuestRow::service, TEXT),
            f.of("until", GuestRow::until, INSTANT),
            f.of("seconds_left", GuestRow::secondsLeft, NUMBER),
            f.of("by", GuestRow::by, TEXT),
            f.orNull("note", GuestRow::note, TEXT),
            f.of("in_force", GuestRow::inForce, FLAG)));

    static final JsonForm<List<GuestRow>> GUESTS = only("guests", list(GUEST));

    private static final JsonForm<DriftRow> DRIFT = object(f -> new DriftRow(
            f.of("at", DriftRow::at, INSTANT),
            f.of("kind", DriftRow::kind, TEXT),
            f.of("what", DriftRow::what, TEXT),
            f.of("program", DriftRow::program, TEXT),
            f.orNull("pid", DriftRow::pid, NUMBER),
            f.orNull("stood_seconds", DriftRow::stoodSeconds, REAL)));

    private static final JsonForm<UplinkRow> UPLINK = object(
            f -> new UplinkRow(f.of("interface", UplinkRow::name, TEXT), f.of("danger", UplinkRow::danger, TEXT)));

    private static final JsonForm<NftRow> NFT = object(f -> new NftRow(
            f.of("program", NftRow::program, TEXT),
            f.orNull("version", NftRow::version, TEXT),
            f.of("crashes", NftRow::crashes, NUMBER),
            f.orNull("problem", NftRow::problem, TEXT),
            f.of("sealed", NftRow::sealed, FLAG),
            f.orNull("unsealed", NftRow::unsealed, TEXT)));

    private static final JsonForm<DroppedRow> SOURCE = object(StatusForms::dropped);

    private static final JsonForm<DroppedRow> FLOW =
            object(f -> dropped(f).towards(f.orNull("service", DroppedRow::service, TEXT)));

    static final JsonForm<Counted<DroppedRow>> FLOWS = counted(FLOW);

    private static final JsonForm<History.Entry> EVENT = object(f -> new History.Entry(
            f.of("at", History.Entry::at, INSTANT),
            f.of("kind", History.Entry::kind, TEXT),
            f.of("what", History.Entry::what, TEXT)));

    private static final JsonForm<MetricsRow> METRICS = object(f -> new MetricsRow(
            f.of("host", MetricsRow::host, TEXT),
            f.of("port", MetricsRow::port, NUMBER),
            f.of("listening", MetricsRow::listening, FLAG)));

    private static final JsonForm<AgentRow> AGENT = object(f -> new AgentRow(
            f.of("pid", AgentRow::pid, NUMBER),
            f.of("version", AgentRow::version, TEXT),
            f.of("runtime", AgentRow::runtime, TEXT)));

    private static final JsonForm<RateRow> RATE = object(
            f -> new RateRow(f.of("accepted", RateRow::accepted, REAL), f.of("refused", RateRow::refused, REAL)));

    private static final JsonForm<OutgoingRow.Service> OUTGOING_SERVICE = object(f -> new OutgoingRow.Service(
            f.of("name", OutgoingRow.Service::name, TEXT),
            f.of("refuses", OutgoingRow.Service::refuses, FLAG),
            f.of("ports", OutgoingRow.Service::ports, list(TEXT)),
            f.of("to", OutgoingRow.Service::to, list(TEXT)),
            f.of("on", OutgoingRow.Service::on, list(TEXT)),
            f.of("enabled", OutgoingRow.Service::enabled, FLAG),
            f.of("accepted", OutgoingRow.Service::accepted, COUNT),
            f.of("dropped", OutgoingRow.Service::dropped, COUNT),
            f.of("connections", OutgoingRow.Service::connections, NUMBER)));
    private static final JsonForm<OutgoingRow.Destination> DESTINATION = object(f -> new OutgoingRow.Destination(
            f.of("address", OutgoingRow.Destination::address, TEXT),
            f.of("port", OutgoingRow.Destination::port, TEXT),
            f.of("packets", OutgoingRow.Destination::packets, NUMBER),
            f.of("bytes", OutgoingRow.Destination::bytes, NUMBER),
            f.of("seconds_ago", OutgoingRow.Destination::secondsAgo, NUMBER),
            f.of("users", OutgoingRow.Destination::users, list(TEXT)),
            f.of("programs", OutgoingRow.Destination::programs, list(TEXT))));
    private static final JsonForm<OutgoingRow> OUTGOING = object(f -> new OutgoingRow(
            f.of("default", OutgoingRow::otherwise, TEXT),
            f.of("services", OutgoingRow::services, list(OUTGOING_SERVICE)),
            f.of("refused", OutgoingRow::refused, counted(DESTINATION))));
    static final JsonForm<StatusDocument> DOCUMENT = object(f -> new StatusDocument(
            f.of("in_sync", StatusDocument::inSync, FLAG),
            f.of("since", StatusDocument::since, INSTANT),
            f.of("policy", StatusDocument::policy, POLICY),
            f.orNull("probation", StatusDocument::probation, PROBATION),
            f.orNull("last_error", StatusDocument::lastError, TEXT),
            f.of("services", StatusDocument::services, list(SERVICE)),
            f.of("groups", StatusDocument::groups, list(GROUP)),
            f.of("reachability", StatusDocument::reachability, map(map(TEXT))),
            f.of("names", StatusDocument::names, list(NAME)),
            f.of("lists", StatusDocument::lists, list(ListForms.LIST)),
            f.of("dropped", StatusDocument::dropped, map(COUNT)),
            f.of("bans", StatusDocument::bans, counted(BAN)),
            f.of("guests", StatusDocument::guests, counted(GUEST)),
            f.of("drift", StatusDocument::drift, list(DRIFT)),
            f.orNull("contention", StatusDocument::contention, TEXT),
            f.of("trusted_uplinks", StatusDocument::trustedUplinks, list(UPLINK)),
            f.of("monitor", StatusDocument::hearing, only("listening", FLAG)),
            f.of("nft", StatusDocument::nft, NFT),
            f.of("remarks", StatusDocument::remarks, list(TEXT)),
            f.of("audit", StatusDocument::auditUnwritten, only("unwritten", NUMBER)),
            f.of("refused_sources", StatusDocument::refusedSources, counted(SOURCE)),
            f.orNull("would_drop", StatusDocument::wouldDrop, FLOWS),
            f.orNull("staged", StatusDocument::staged, StageForms.STAGED),
            f.of("history", StatusDocument::history, list(EVENT)),
            f.of("metrics", StatusDocument::metrics, METRICS),
            f.of("agent", StatusDocument::agent, AGENT),
            f.ifAny("rates", StatusDocument::rates, map(RATE)),
            f.ifAny("outgoing", StatusDocument::outgoing, OUTGOING)));

    private StatusForms() {}

    private static Problem.Severity severity(String word) {
        return word.equals("warning") ? Problem.Severity.WARNING : Problem.Severity.ERROR;
    }

    private static DroppedRow dropped(JsonFields<DroppedRow> f) {
        return new DroppedRow(
                f.of("address", DroppedRow::address, TEXT),
                f.ifAny("port", DroppedRow::port, TEXT),
                f.of("packets", DroppedRow::packets, NUMBER),
                f.of("bytes", DroppedRow::bytes, NUMBER),
                f.of("seconds_ago", DroppedRow::secondsAgo, NUMBER),
                Optional.empty());
    }

    private static <E> JsonForm<Counted<E>> counted(JsonForm<E> each) {
        return object(
                f -> new Counted<>(f.of("count", Counted::count, NUMBER), f.of("first", Counted::first, list(each))));
    }

    /** An object with one field. */
    private static <V> JsonForm<V> only(String name, JsonForm<V> form) {
        return object(f -> f.of(name, v -> v, form));
    }
}
