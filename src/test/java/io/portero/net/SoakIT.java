package io.portero.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.portero.exec.Child;
import io.portero.lab.Outpost;
import io.portero.lab.Place;
import io.portero.lab.Sighting.Sight;
import io.portero.policy.Family;
import io.portero.policy.Ip;
import io.portero.policy.Protocol;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A long run of an agent: edits, drift, bans, names with changing addresses, clients, reloads, restarts and kills at
 * random, with traffic all the time. No packet that every policy permits is lost, none that every policy forbids
 * passes, and the agent does not grow.
 *
 * <p>{@code make soak} runs it for an hour; {@code -Dsoak.seconds} and {@code -Dsoak.seed} choose another length and
 * another sequence.
 */
class SoakIT {
    private static final Duration LENGTH = Duration.ofSeconds(Integer.getInteger("soak.seconds", 25));
    private static final long SEED = Long.getLong("soak.seed", System.nanoTime());
    private static final int PER_SECOND = 500;
    private static final int SIP = 5060;
    private static final Duration SETTLED = Duration.ofSeconds(60);

    /** The events in the run. Each leaves the carrier permitted and the stranger forbidden. */
    private enum Deed {
        EDIT(6),
        DRIFT(6),
        BAN(4),
        NAME(2),
        VISIT(6),
        RELOAD(2),
        RESTART(1),
        KILL(1);

        private final int often;

        Deed(int often) {
            this.often = often;
        }

        private static final List<Deed> BY_FREQUENCY = Stream.of(values())
                .flatMap(deed -> Collections.nCopies(deed.often, deed).stream())
                .toList();

        static Deed next(Random random) {
            return BY_FREQUENCY.get(random.nextInt(BY_FREQUENCY.size()));
        }
    }

    private final Random random = new Random(SEED);
    private final Map<Deed, Integer> done = new EnumMap<>(Deed.class);
    private final List<Footprint> footprints = new ArrayList<>();
    private TestLab net;
    private Path etc;
    private Child dns;
    private PackagedAgent agent;
    private int starts;

    @BeforeEach
    void start() throws IOException {
        net = TestLab.build(Place.STRANGER, Place.ITSP);
        var name = net.output(Place.HOST, "ip", "netns", "identify").strip();
        etc = Files.createDirectories(Path.of("/etc/netns", name));
        Files.writeString(etc.resolve("resolv.conf"), "nameserver " + Place.MONITOR.address(Family.V4) + "\n");
        move();
        dns = net.lab.start(
                Place.MONITOR,
                "dns",
                List.of(
                        "dnsmasq",
                        "-k",
                        "-C",
                        "/dev/null",
                        "--pid-file=",
                        "--no-resolv",
                        "--no-hosts",
                        "--user=root",
                        "--addn-hosts=" + records(),
                        "--local=/example/",
                        "--local-ttl=5"));
        agent = PackagedAgent.start(net.lab, policy());
    }

    @AfterEach
    void end() throws IOException {
        if (agent != null) {
            agent.close();
        }
        if (etc != null) {
            Files.deleteIfExists(etc.resolve("resolv.conf"));
            Files.deleteIfExists(etc);
        }
        net.close();
    }

    @Test
    void losesNothingLeaksNothingAndDoesNotGrow() throws Exception {
        var sighting = net.lab.sighting();
        sighting.start();
        var streams = new LinkedHashMap<Sight, Outpost.Activity>();
        for (var family : Family.values()) {
            for (var place : List.of(Place.ITSP, Place.STRANGER)) {
                streams.put(sight(place, family), stream(place, family));
            }
        }
        long end = System.nanoTime() + LENGTH.toNanos();
        while (System.nanoTime() < end) {
            var deed = Deed.next(random);
            carryOut(deed);
            done.merge(deed, 1, Integer::sum);
        }
        agent.edit(policy());
        await().atMost(SETTLED).until(agent::isInSync);
        streams.values().forEach(s -> s.stop().join());

        var came = sighting.came();
        var passed = sighting.passed();
        System.out.printf(
                "soak: seed %d, %d s, %s: %d packets, lost and leaked: %s; %s%n",
                SEED,
                LENGTH.toSeconds(),
                done,
                streams.keySet().stream().mapToLong(came::get).sum(),
                streams.keySet().stream()
                        .collect(Collectors.toMap(s -> s.from().toString(), s -> difference(s, came, passed))),
                Footprint.course(footprints));
        for (var sight : streams.keySet()) {
            assertThat(came.get(sight)).as("packets from " + sight.from()).isGreaterThan(PER_SECOND);
            assertThat(difference(sight, came, passed))
                    .as("from " + sight.from())
                    .isZero();
        }
        assertThat(Footprint.growth(footprints)).isEmpty();
    }

    /** The packets that were lost although the source is permitted, or passed although it is not. */
    private static long difference(Sight sight, Map<Sight, Long> came, Map<Sight, Long> passed) {
        var through = passed.getOrDefault(sight, 0L);
        boolean permitted =
                sight.from().toString().equals(Place.ITSP.address(sight.from().family()));
        return permitted ? came.getOrDefault(sight, 0L) - through : through;
    }

    private void carryOut(Deed deed) throws Exception {
        switch (deed) {
            case EDIT -> {
                agent.edit(policy());
                pause(400);
            }
            case DRIFT -> drift();
            case BAN -> ban();
            case NAME -> {
                move();
                net.run(Place.MONITOR, "kill", "-HUP", Long.toString(dns.pid()));
            }
            case VISIT -> visit();
            case RELOAD -> {
                net.run(Place.HOST, "kill", "-HUP", Long.toString(agent.pid()));
                pause(200);
            }
            case RESTART -> {
                agent.close();
                begin();
            }
            case KILL -> {
                net.run(Place.HOST, "kill", "-9", Long.toString(agent.pid()));
                agent.close();
                begin();
            }
        }
    }

    private void begin() throws IOException {
        agent = PackagedAgent.begin(net.lab, System.getenv("PATH"), "agent" + starts++);
        await().atMost(SETTLED).until(agent::isInSync);
    }

    private static void pause(int millis) throws InterruptedException {
        Thread.sleep(millis);
    }

    /** A change of the table by another program that opens or closes nothing for the watched sources. */
    private void drift() throws InterruptedException {
        var change = switch (random.nextInt(5)) {
            case 0 -> "add set inet portero foreign { type ipv4_addr; }";
            case 1 -> "add chain inet portero foreign; add rule inet portero foreign drop";
            case 2 -> "add rule inet portero service_ssh counter drop";
            case 3 -> "add element inet portero itsp_v4 { 100.99." + random.nextInt(256) + ".1 }";
            default -> "flush chain inet portero service_ssh";
        };
        net.lab.run(Place.HOST, "nft", change); // the objects that it names may not exist at this moment
        pause(300);
    }

    private void ban() throws InterruptedException {
        var address = "198.18." + random.nextInt(4) + "." + random.nextInt(256);
        if (random.nextInt(3) == 0) {
            net.lab.run(Place.HOST, "nft", "add element inet portero banned_v4 { " + address + " timeout 20s }");
        } else {
            PackagedAgent.command(net.lab, "ban", address, "--for", random.nextInt(1, 60) + "s");
        }
        if (random.nextBoolean()) {
            PackagedAgent.command(net.lab, "unban", address);
        }
        pause(100);
    }

    /** Makes twenty scrapes and a request for the page, then records the agent's resources. */
    private void visit() throws IOException, InterruptedException {
        var url = "http://127.0.0.1:9090";
        net.run(Place.HOST, "curl", "-sf", "-o", "/dev/null", url + "/metrics?[1-20]");
        net.run(Place.HOST, "curl", "-sf", "-o", "/dev/null", url + "/", "-o", "/dev/null", url + "/status");
        footprints.add(Footprint.of(agent.pid()));
    }

    private Path records() {
        return net.lab.directory().resolve("records");
    }

    private void move() throws IOException {
        Files.writeString(records(), "203.0.113." + random.nextInt(50, 60) + " moving.example\n");
    }

    /** A random policy that admits the carrier at 5060/udp and the stranger nowhere. */
    private String policy() {
        var group = random.nextBoolean() ? "itsp" : "carrier";
        var members = new ArrayList<>(List.of("203.0.113.10", "\"2001:db8:203::10\"", "moving.example"));
        IntStream.range(0, random.nextInt(random.nextBoolean() ? 10 : 600))
                .forEach(i -> members.add("100.64." + random.nextInt(64) + "." + random.nextInt(256)
                        + (random.nextInt(10) == 0 ? "/3" + random.nextInt(3) : "")));
        return """
                groups:
                  %1$s: [%2$s]
                  refused: [198.18.%3$d.0/24]
                services:
                  ssh: { ports: [22/tcp], from: [%4$s], management: true }
                  sip: { ports: [%5$d-5060/udp], from: [%1$s], on-revoke: drain }
                  web%6$d: { ports: [443/tcp, 80%7$d/tcp], from: [any]%8$s }
                deny: [refused]
                safety: { confirm: never, lockout-guard: false }
                agent: { reconcile-interval: %9$ds, metrics: { host: 127.0.0.1 } }
                """.formatted(
                        group,
                        String.join(", ", members),
                        random.nextInt(64, 128),
                        random.nextBoolean() ? "any" : "203.0.113.0/24",
                        5060 - random.nextInt(20),
                        random.nextInt(3),
                        random.nextInt(10, 99),
                        random.nextBoolean() ? ", limit: { rate: 1000/second, burst: 500 }" : "",
                        random.nextInt(1, 10));
    }

    private Outpost.Activity stream(Place place, Family family) {
        return net.lab.from(place).stream(place.address(family), Place.HOST.address(family), SIP, PER_SECOND)
                .join();
    }

    private static Sight sight(Place place, Family family) throws Ip.NotAnAddress {
        return new Sight(Ip.parse(place.address(family)), Protocol.UDP.number(), SIP);
    }
}
