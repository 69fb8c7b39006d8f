package io.portero.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.portero.policy.Access;
import io.portero.policy.EnforcementChange;
import io.portero.policy.Flow;
import io.portero.policy.Policy;
import io.portero.policy.Times;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The sources that gain or lose access between two policies, and the live flows that this affects. */
final class AccessReport {
    private final List<Access.Change> changes;
    private final List<Flow> flows;
    private final Policy after;
    private final List<String> enforcement;

    AccessReport(Policy before, Policy after, List<Flow> flows) {
        this.changes = Access.changes(before, after);
        this.enforcement = EnforcementChange.between(before, after);
        this.flows = flows;
        this.after = after;
    }

    /** What a policy admits, for a host where no policy is in force. */
    static List<String> admittedBy(Policy policy) {
        var lines = new ArrayList<String>();
        lines.add("no policy is in force to compare with; this one admits:");
        Access.admitted(policy).forEach(a -> lines.add("  " + where(a) + ": " + AddressesInWords.of(a.gained())));
        lines.add(
                switch (policy.mode()) {
                    case ENFORCE -> "everything else that comes in is dropped";
                    case OBSERVE -> "mode is observe: everything else is counted, and nothing is dropped";
                });
        return lines;
    }

    List<String> lines() {
        var lines = new ArrayList<>(enforcement);
        for (var change : changes) {
            var where = where(change);
            if (!change.gained().isEmpty()) {
                lines.add("+ " + where + ": " + AddressesInWords.of(change.gained()) + " gain access");
            }
            if (!change.lost().isEmpty()) {
                lines.add("- " + where + ": " + AddressesInWords.of(change.lost()) + " lose access" + touched(change));
            }
        }
        return lines;
    }

    private static String where(Access.Change change) {
        return change.ports() + " (" + String.join(", ", change.services()) + ")"
                + change.place().inWords();
    }

    private String touched(Access.Change change) {
        long count = liveFlows(change);
        if (count == 0) {
            return "";
        }
        // Connection tracking does not store the interface at which a flow came in.
        return ", " + (change.place().isOfInterfaces() ? "up to " : "") + Plural.of(count, "live flow")
                + drains(change)
                        .map(time -> (count == 1 ? " goes" : " go") + " on for at most " + Times.print(time))
                        .orElse(" cut");
    }

    private long liveFlows(Access.Change change) {
        return flows.stream()
                .filter(f -> change.ports().contains(f.port()))
                .filter(f ->
                        change.lost().contains(f.from()) && change.place().at().contains(f.to()))
                .count();
    }

    /** The longest time for which a lost flow goes on. */
    private Optional<Duration> drains(Access.Change change) {
        return after.enabledServices().stream()
                .filter(s -> s.offers(change.ports()) && change.place().isTakenBy(s.entrance()))
                .flatMap(s -> s.onRevoke().drain().stream())
                .max(Comparator.naturalOrder());
    }

    ArrayNode json() {
        var list = JsonNodeFactory.instance.arrayNode();
        for (var change : changes) {
            var node = list.addObject();
            node.put("ports", change.ports().toString());
            var where = change.place().inWords().strip();
            if (!where.isEmpty()) {
                node.put("where", where);
            }
            change.services().forEach(node.putArray("services")::add);
            change.gained().ranges().forEach(r -> node.withArray("gained").add(r.toString()));
            change.lost().ranges().forEach(r -> node.withArray("lost").add(r.toString()));
            node.put("live_flows_cut", drains(change).isPresent() ? 0 : liveFlows(change));
        }
        return list;
    }
}
