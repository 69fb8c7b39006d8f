package io.portero.proposal;

import io.portero.exposure.Exposure.Door;
import io.portero.policy.AddressSet;
import io.portero.policy.PortRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The tests of a proposed policy: what its groups and services promise, so that an edit that breaks it is refused. */
final class ProposedTests {
    private static final List<String> STRANGERS =
            List.of("192.0.2.99", "198.51.100.99", "203.0.113.99", "2001:db8:99::99");

    private final HostFacts host;
    private final Wishes wishes;
    private final List<Offer> offers;
    private final List<Door> closed;
    private final List<String> peers;

    /**
     * @param closed listeners that must stay closed
     * @param peers the addresses from which somebody is logged in
     */
    ProposedTests(HostFacts host, Wishes wishes, List<Offer> offers, List<Door> closed, List<String> peers) {
        this.host = host;
        this.wishes = wishes;
        this.offers = offers;
        this.closed = closed;
        this.peers = peers;
    }

    void write(PolicyText text) {
        var tests = new ArrayList<String>();
        var ssh = host.sshPorts().getFirst();
        wishes.admins().stream()
                .flatMap(w -> Wishes.literal(w).stream())
                .forEach(admin -> tests.add(test(admin.first().toString(), ssh, "accept")));
        stranger().ifPresent(stranger -> {
            if (!wishes.admins().isEmpty()) {
                tests.add(test(stranger, ssh, "drop"));
            }
            offers.stream()
                    .filter(o -> o.from().equals("any") && !o.name().equals("ssh"))
                    .forEach(
                            o -> tests.add(test(stranger, o.ports().getFirst(), o.isEverywhere() ? "accept" : "drop")));
            offers.stream()
                    .filter(o -> !o.from().equals("any") && !o.from().equals("admins"))
                    .flatMap(o -> o.ports().stream().filter(this::isClosed).findFirst().stream())
                    .forEach(p -> tests.add(test(stranger, p, "drop")));
            closed.stream().map(Door::ports).filter(this::isClosed).forEach(p -> tests.add(test(stranger, p, "drop")));
        });
        if (!tests.isEmpty()) {
            text.line("# Tests of this policy: when one of them fails, the policy is refused.");
            text.line("tests:");
            tests.forEach(t -> text.line("  - " + t));
            text.blank();
        }
    }

    /**
     * Whether the first of these ports is not open to everybody through another service: configured ranges may overlap.
     */
    private boolean isClosed(PortRange ports) {
        var first = new PortRange(
                ports.protocol(), ports.first(), ports.protocol().hasPorts() ? ports.first() : ports.last());
        return offers.stream().noneMatch(o -> o.from().equals("any") && o.covers(first));
    }

    private static String test(String from, PortRange ports, String expect) {
        var protocol = ports.protocol();
        var port = protocol.hasPorts() ? ports.first() + "/" + protocol.word() : protocol.word();
        return "{ from: " + PolicyText.word(from) + ", to: " + port + ", expect: " + expect + " }";
    }

    /** An address that no group contains. */
    private Optional<String> stranger() {
        var named = AddressSet.of(Wishes.literals(Stream.of(wishes.admins(), wishes.itsp(), wishes.monitoring())
                .flatMap(List::stream)
                .toList()));
        return STRANGERS.stream()
                .filter(s -> Wishes.literal(s).stream().noneMatch(r -> named.contains(r.first())) && !peers.contains(s))
                .findFirst();
    }
}
