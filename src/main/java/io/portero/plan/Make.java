package io.portero.plan;

import io.portero.compile.NamedSet;
import io.portero.compile.VerdictMap;
import io.portero.plan.Snapshot.ActualSet;
import java.util.Set;

/** The types and flags with which nft lists our sets and maps. */
final class Make {
    static final Set<String> INTERVAL = Set.of("interval");

    private Make() {}

    static String type(NamedSet set) {
        var address = switch (set.family()) {
            case V4 -> "ipv4_addr";
            case V6 -> "ipv6_addr";
        };
        return switch (set) {
            case NamedSet.Learnt learnt -> address + " . inet_proto . inet_service . inet_service";
            case NamedSet.Seen seen -> address + seen.key();
            case NamedSet.Members members -> address;
            case NamedSet.Hosts hosts -> address;
            case NamedSet.Timed timed -> address;
            case NamedSet.Metered metered -> address;
            case NamedSet.Exceeded exceeded -> address;
        };
    }

    static boolean isOf(NamedSet wanted, ActualSet actual) {
        return actual.type().equals(type(wanted)) && actual.flags().equals(flags(wanted));
    }

    static String type(VerdictMap map) {
        return switch (map.lookup()) {
            case PORT -> "inet_service";
            case PROTOCOL -> "inet_proto";
        };
    }

    static Set<String> flags(VerdictMap map) {
        return switch (map.lookup()) {
            case PORT -> INTERVAL;
            case PROTOCOL -> Set.of();
        };
    }

    static Set<String> flags(NamedSet set) {
        return switch (set) {
            case NamedSet.Members members -> INTERVAL;
            case NamedSet.Hosts hosts -> Set.of();
            case NamedSet.Timed timed -> timed.networks() ? Set.of("interval", "timeout") : Set.of("timeout");
            case NamedSet.Learnt learnt -> Set.of("timeout");
            case NamedSet.Metered metered -> Set.of("timeout");
            case NamedSet.Exceeded exceeded -> Set.of("timeout");
            case NamedSet.Seen seen -> Set.of("timeout"); // nft 1.0.6 does not list the flag dynamic in JSON
        };
    }
}
