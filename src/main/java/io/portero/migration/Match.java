package io.portero.migration;

import io.portero.policy.AddressSet;
import io.portero.policy.PortRange;
import java.util.List;
import java.util.stream.Stream;

/**
 * The packets that a rule of a chain matches.
 *
 * @param ports nothing for all
 * @param to addresses of this host; nothing for all
 * @param on interfaces; nothing for all
 * @param odd conditions that a policy cannot express, a clause for each
 */
record Match(Kind kind, List<PortRange> ports, AddressSet from, List<String> to, List<String> on, List<String> odd) {
    /** How Portero treats such packets. */
    enum Kind {
        /** The policy decides. */
        JUDGED,
        /** They are pings, which have a key of their own in the policy. */
        PING,
        /** They always pass or are always refused: answers, loopback, invalid packets, necessary ICMP. */
        SETTLED
    }

    Match {
        ports = List.copyOf(ports);
        to = List.copyOf(to);
        on = List.copyOf(on);
        odd = List.copyOf(odd);
    }

    static Match all(AddressSet everybody) {
        return new Match(Kind.JUDGED, List.of(), everybody, List.of(), List.of(), List.of());
    }

    Match kind(Kind other) {
        return new Match(kind.compareTo(other) >= 0 ? kind : other, ports, from, to, on, odd);
    }

    Match ports(List<PortRange> wanted) {
        if (ports.isEmpty()) {
            return new Match(kind, wanted, from, to, on, odd);
        }
        var shared = shared(ports, wanted);
        return shared.isEmpty() ? kind(Kind.SETTLED) : new Match(kind, shared, from, to, on, odd);
    }

    Match from(AddressSet wanted) {
        var shared = ForeignRule.shared(from, wanted);
        return shared.isEmpty() ? kind(Kind.SETTLED) : new Match(kind, ports, shared, to, on, odd);
    }

    /** What is left of it without these sources. */
    Match without(AddressSet sources) {
        var rest = from.minus(sources);
        return rest.isEmpty() ? kind(Kind.SETTLED) : new Match(kind, ports, rest, to, on, odd);
    }

    boolean isAboutSourcesAlone() {
        return kind == Kind.JUDGED && Stream.of(ports, to, on, odd).allMatch(List::isEmpty);
    }

    Match to(List<String> wanted) {
        return to.isEmpty() || to.equals(wanted)
                ? new Match(kind, ports, from, wanted, on, odd)
                : odd("the rules that jump to it match another address of this host");
    }

    Match on(List<String> wanted) {
        return on.isEmpty() || on.equals(wanted)
                ? new Match(kind, ports, from, to, wanted, odd)
                : odd("the rules that jump to it match another interface");
    }

    Match odd(String why) {
        return new Match(
                kind,
                ports,
                from,
                to,
                on,
                Stream.concat(odd.stream(), Stream.of(why)).distinct().toList());
    }

    /** The packets that both match. */
    Match and(Match inner) {
        var both = kind(inner.kind).from(inner.from);
        both = inner.ports.isEmpty() ? both : both.ports(inner.ports);
        both = inner.to.isEmpty() ? both : both.to(inner.to);
        both = inner.on.isEmpty() ? both : both.on(inner.on);
        for (var why : inner.odd) {
            both = both.odd(why);
        }
        return both;
    }

    private static List<PortRange> shared(List<PortRange> these, List<PortRange> those) {
        return these.stream()
                .flatMap(one -> those.stream()
                        .filter(one::overlaps)
                        .map(other -> new PortRange(
                                one.protocol(),
                                Math.max(one.first(), other.first()),
                                Math.min(one.last(), other.last()))))
                .toList();
    }

    /** Whether its only condition is that a packet comes from one of these. */
    boolean isEverything(AddressSet everybody) {
        return kind == Kind.JUDGED
                && from.equals(everybody)
                && Stream.of(ports, to, on, odd).allMatch(List::isEmpty);
    }
}
