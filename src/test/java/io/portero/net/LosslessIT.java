package io.portero.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.lab.Outpost;
import io.portero.lab.Place;
import io.portero.lab.Sighting.Sight;
import io.portero.plan.IntervalSets;
import io.portero.policy.Family;
import io.portero.policy.Ip;
import io.portero.policy.Policy;
import io.portero.policy.Protocol;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Changes of the policy under traffic: no packet is lost that both policies admit, and none passes that both forbid.
 *
 * <p>The kernel counts each packet on both sides of the choke point. {@code -Dlossless.changes}, {@code
 * -Dlossless.sources} and {@code -Dlossless.group-changes} make the test longer; {@code -Dlossless.rate} is the packets
 * per second of each stream.
 */
class LosslessIT {
    private static final int PER_SECOND = Integer.getInteger("lossless.rate", 2_000);
    private static final int PORT = 5060;

    @Test
    void fullChangesOfThePolicyLoseNothingAndLeakNothing() throws Exception {
        int sources = Integer.getInteger("lossless.sources", 1_000);
        var policies = List.of(policy("itsp", "sip", sources, 0), policy("carrier", "signalling", sources, 1));
        losesAndLeaksNothing(Integer.getInteger("lossless.changes", 20), PER_SECOND, i -> policies.get(i % 2));
    }

    @Test
    void randomChangesOfAGroupLoseNothingAndLeakNothing() throws Exception {
        var random = new Random(7);
        losesAndLeaksNothing(
                Integer.getInteger("lossless.group-changes", 30), 2 * PER_SECOND + PER_SECOND / 2, i -> group(random));
    }

    /** So many members change that their sets are filled again. */
    @Test
    void replacingHalfOfALargeGroupLosesNothingAndLeaksNothing() throws Exception {
        losesAndLeaksNothing(Integer.getInteger("lossless.refills", 6), PER_SECOND, LosslessIT::networks);
    }

    /** As on kernels that cannot change interval sets in place, whatever this kernel can do. */
    @Test
    void replacingALargeGroupThroughAnotherSetLosesNothingAndLeaksNothing() throws Exception {
        losesAndLeaksNothing(
                Integer.getInteger("lossless.refills", 6),
                PER_SECOND,
                LosslessIT::networks,
                Optional.of(IntervalSets.ANEW));
    }

    private static Policy networks(int change) {
        var members = new ArrayList<>(
                List.of("203.0.113.10/" + (28 + change % 4), "\"2001:db8:203::/" + (64 + change) + "\""));
        IntStream.range(0, 2_000).forEach(i -> {
            int other = i % 2 == 0 ? 0 : change % 2;
            members.add("100.%d.%d.%d/31".formatted(64 + other, i / 64, i % 64 * 4));
            members.add("\"2001:db8:%x:%x::/64\"".formatted(0x1000 + other, 2 * i));
        });
        return TestLab.policy("""
                groups:
                  itsp: [%s]
                services:
                  ssh: { ports: [22/tcp], from: [any], management: true }
                  sip: { ports: [5060/udp], from: [itsp] }
                """.formatted(String.join(", ", members)));
    }

    /** Members around the carrier, and never the stranger: hosts, networks, notes, few and many. */
    private static Policy group(Random random) {
        var members = new ArrayList<>(List.of("203.0.113.10", "\"2001:db8:203::10\""));
        int count = random.nextBoolean() ? random.nextInt(20) : random.nextInt(1_000);
        for (int i = 0; i < count; i++) {
            var network = random.nextInt(10) == 0 ? "/" + (24 + random.nextInt(8)) : "";
            members.add((random.nextInt(20) == 0 ? "203.0.113." : "100.64." + random.nextInt(16) + ".")
                    + random.nextInt(256)
                    + network);
        }
        return TestLab.policy("""
                groups:
                  itsp: [%s]
                services:
                  ssh: { ports: [22/tcp], from: [any], management: true }
                  sip: { ports: [5060/udp], from: [itsp] }
                """.formatted(String.join(", ", members)));
    }

    private static void losesAndLeaksNothing(int changes, int perSecond, IntFunction<Policy> policies)
            throws Exception {
        losesAndLeaksNothing(changes, perSecond, policies, Optional.empty());
    }

    private static void losesAndLeaksNothing(
            int changes, int perSecond, IntFunction<Policy> policies, Optional<IntervalSets> intervals)
            throws Exception {
        try (var net = TestLab.build(Place.STRANGER, Place.ITSP)) {
            intervals.ifPresent(net::change);
            var sighting = net.lab.sighting();
            sighting.start();
            net.enforce(policies.apply(0));

            var streams = new LinkedHashMap<Sight, Outpost.Activity>();
            for (var family : Family.values()) {
                streams.put(sight(Place.ITSP, family), stream(net, Place.ITSP, family, perSecond));
                streams.put(sight(Place.STRANGER, family), stream(net, Place.STRANGER, family, perSecond));
            }
            long start = System.nanoTime();
            for (int i = 1; i <= changes; i++) {
                net.enforce(policies.apply(i));
            }
            long millis = (System.nanoTime() - start) / 1_000_000 / changes;
            Thread.sleep(100);
            streams.values().forEach(s -> s.stop().join());

            var came = of(streams.keySet(), sighting.came());
            var passed = of(streams.keySet(), sighting.passed());
            var expected = new LinkedHashMap<Sight, Long>();
            came.forEach((sight, count) -> expected.put(sight, isItsp(sight) ? count : 0));
            long lost = difference(came, passed, true);
            long leaked = difference(came, passed, false);
            System.out.println("lossless: " + changes + " changes, " + millis + " ms each: "
                    + came.values().stream().mapToLong(Long::longValue).sum() + " packets, " + lost + " lost, " + leaked
                    + " leaked");
            assertThat(came.values()).allMatch(count -> count > changes);
            assertThat(passed).isEqualTo(expected);
        }
    }

    private static long difference(Map<Sight, Long> came, Map<Sight, Long> passed, boolean permitted) {
        return came.keySet().stream()
                .filter(sight -> isItsp(sight) == permitted)
                .mapToLong(s ->
                        permitted ? came.getOrDefault(s, 0L) - passed.getOrDefault(s, 0L) : passed.getOrDefault(s, 0L))
                .sum();
    }

    private static Map<Sight, Long> of(Iterable<Sight> sights, Map<Sight, Long> counts) {
        var chosen = new LinkedHashMap<Sight, Long>();
        sights.forEach(s -> chosen.put(s, counts.getOrDefault(s, 0L)));
        return chosen;
    }

    private static boolean isItsp(Sight sight) {
        return sight.from().toString().equals(Place.ITSP.address(sight.from().family()));
    }

    private static Sight sight(Place place, Family family) throws Ip.NotAnAddress {
        return new Sight(Ip.parse(place.address(family)), Protocol.UDP.number(), PORT);
    }

    private static Outpost.Activity stream(TestLab net, Place place, Family family, int perSecond) {
        return net.lab.from(place).stream(place.address(family), Place.HOST.address(family), PORT, perSecond)
                .join();
    }

    /** Groups and services with other names, so that each set, map and chain is created again. */
    private static Policy policy(String group, String service, int sources, int offset) {
        var members = new ArrayList<>(List.of("203.0.113.10", "\"2001:db8:203::10\""));
        members.addAll(IntStream.range(0, sources)
                .mapToObj(i -> "100.64." + i / 100 + "." + (2 * (i % 100) + offset))
                .toList());
        return TestLab.policy("""
                groups:
                  %1$s: [%2$s]
                services:
                  ssh%4$d: { ports: [22/tcp], from: [any], management: true }
                  %3$s: { ports: [5060/udp], from: [%1$s] }
                  other%4$d: { ports: [%5$d-30000/udp], from: [any] }
                """.formatted(
                        group, members.stream().collect(Collectors.joining(", ")), service, offset, 20000 + offset));
    }
}
