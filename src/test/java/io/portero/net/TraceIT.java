package io.portero.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.portero.exec.Command;
import io.portero.exec.CommandResult;
import io.portero.lab.CannotBuild;
import io.portero.lab.Place;
import io.portero.lab.Self;
import io.portero.nft.NftProgram;
import io.portero.nft.NftTracer;
import io.portero.policy.AddressRange;
import io.portero.policy.Family;
import io.portero.policy.Ip;
import io.portero.policy.PortRange;
import io.portero.trace.Judgement.Ruling;
import io.portero.trace.TracedPacket;
import io.portero.trace.TracedPacket.Fate;
import io.portero.trace.Tracer;
import io.portero.trace.Wanted;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Real packets, traced through the kernel's tables. */
class TraceIT {
    private static final String POLICY = """
            groups:
              itsp: [203.0.113.0/24, "2001:db8:203::/48"]
              bad: [198.51.100.64/27]
            services:
              ssh: { ports: [22/tcp], from: [itsp], management: true }
              sip: { ports: [5060/udp], from: [itsp] }
              web: { ports: [8080/tcp], from: [any] }
              other: { ports: [7777/tcp], from: [any] }
            deny: [bad]
            ping: [itsp]
            """;
    private static final String OF_SOMEBODY_ELSE = """
            table ip filter {
              chain INPUT {
                type filter hook input priority 0; policy accept;
                tcp dport 7777 drop
              }
            }
            """;
    private static final Duration LONG = Duration.ofSeconds(60);

    private static TestLab net;

    @BeforeAll
    static void build() throws CannotBuild {
        net = TestLab.build(Place.STRANGER, Place.ITSP);
        net.enforce(TestLab.policy(POLICY));
        net.lab.publish(8080, 80);
        run("nft", OF_SOMEBODY_ELSE);
    }

    @AfterAll
    static void close() {
        if (net != null) {
            net.close();
        }
    }

    private static void run(String program, String script) {
        var result =
                net.lab.at(Place.HOST).run(new Command(List.of(program, "-f", "-"), script, Duration.ofSeconds(20)));
        assertThat(result)
                .isInstanceOfSatisfying(
                        CommandResult.Completed.class,
                        done -> assertThat(done.errors()).isEmpty());
    }

    private static NftTracer tracer() {
        return new NftTracer(
                NftProgram.only(net.lab.at(Place.HOST), "nft"),
                List.of("ip", "netns", "exec", net.lab.namespace(Place.HOST)),
                Clock.systemUTC());
    }

    /** The packets of a trace that runs during this action. */
    private static List<TracedPacket> traced(String from, Wanted.Kind to, int count, Duration time, Runnable meanwhile)
            throws Exception {
        var packets = new ArrayList<TracedPacket>();
        var began = new CountDownLatch(1);
        var end = CompletableFuture.supplyAsync(
                () -> tracer().trace(new Wanted(range(from), to, time, count), new Tracer.Listener() {
                    @Override
                    public void began() {
                        began.countDown();
                    }

                    @Override
                    public void lost() {
                        throw new AssertionError("lost");
                    }

                    @Override
                    public void accept(TracedPacket packet) {
                        packets.add(packet);
                    }
                }));
        while (!began.await(100, TimeUnit.MILLISECONDS)) {
            assertThat(end).isNotDone();
        }
        meanwhile.run();
        assertThat(end.get(90, TimeUnit.SECONDS)).isEqualTo(new Tracer.End.Complete(packets.size()));
        assertThat(tables()).doesNotContain("portero_trace");
        return packets;
    }

    private static AddressRange range(String text) {
        try {
            return AddressRange.parse(text);
        } catch (Ip.NotAnAddress e) {
            throw new AssertionError(text, e);
        }
    }

    private static Wanted.Kind kind(String text) {
        try {
            return Wanted.Kind.parse(text);
        } catch (PortRange.NotAPort e) {
            throw new AssertionError(text, e);
        }
    }

    private static String tables() {
        return ((CommandResult.Completed) net.lab.run(Place.HOST, "nft", "list", "tables")).output();
    }

    private static void datagram(Place place, String from, Family family, int port) {
        net.lab
                .from(place)
                .datagram(from, Place.HOST.address(family), port, new byte[] {1})
                .join();
    }

    private static void syn(String from, int port) {
        net.lab
                .from(Place.STRANGER)
                .syn(from, Place.HOST.address(Family.V4), port)
                .join();
    }

    private static TracedPacket from(List<TracedPacket> packets, String source, int port) {
        return packets.stream()
                .filter(p -> p.first().source().equals(source)
                        && p.first().destinationPort().filter(d -> d == port).isPresent())
                .findFirst()
                .orElseThrow(() -> new AssertionError(source + " " + port + " in " + packets));
    }

    private static void assertJudged(TracedPacket packet, Ruling ruling, String key, Fate fate) {
        assertThat(packet.judgement()).as(packet.toString()).hasValueSatisfying(judgement -> {
            assertThat(judgement.ruling()).isEqualTo(ruling);
            assertThat(judgement.key()).isEqualTo(key);
        });
        assertThat(packet.fate()).as(packet.toString()).isEqualTo(fate);
    }

    @Test
    void namesTheDecidingRuleAndTheActionsOfOtherTables() throws Exception {
        run("nft", "add element inet portero banned_v4 { 192.0.2.66 timeout 1h }\n");
        var packets = traced("0.0.0.0/0", new Wanted.Kind.Everything(), 7, LONG, () -> {
            datagram(Place.ITSP, "203.0.113.10", Family.V4, 5060);
            datagram(Place.STRANGER, "192.0.2.99", Family.V4, 5060);
            datagram(Place.STRANGER, "192.0.2.99", Family.V4, 9999);
            datagram(Place.STRANGER, "192.0.2.66", Family.V4, 5060);
            datagram(Place.ITSP, "198.51.100.65", Family.V4, 5060);
            syn("192.0.2.99", 7777);
            syn("192.0.2.99", 8080);
        });
        assertThat(packets).hasSize(7);
        assertJudged(from(packets, "203.0.113.10", 5060), Ruling.ACCEPT, "services.sip.from: itsp", Fate.DELIVERED);
        assertJudged(from(packets, "192.0.2.99", 5060), Ruling.DROP, "services.sip.from", Fate.DROPPED);
        assertJudged(from(packets, "192.0.2.99", 9999), Ruling.DROP, "services", Fate.DROPPED);
        assertJudged(from(packets, "192.0.2.66", 5060), Ruling.DROP, "banned", Fate.DROPPED);
        assertJudged(from(packets, "198.51.100.65", 5060), Ruling.DROP, "deny: bad", Fate.DROPPED);

        var foreign = from(packets, "192.0.2.99", 7777);
        assertJudged(foreign, Ruling.ACCEPT, "services.other.from: any", Fate.DROPPED);
        assertThat(foreign.drop())
                .hasValueSatisfying(drop -> assertThat(drop.where()).isEqualTo("ip filter INPUT"));

        var published = from(packets, "192.0.2.99", 8080);
        assertJudged(published, Ruling.ACCEPT, "services.web.from: any", Fate.FORWARDED);
        assertThat(published.last().to()).isEqualTo(Place.CONTAINER.address(Family.V4) + ":80");
    }

    @Test
    void tracesIpv6AndEndsAfterTheGivenNumberOfPackets() throws Exception {
        var packets = traced("2001:db8:203::/48", kind("5060/udp"), 2, LONG, () -> {
            for (int i = 0; i < 20; i++) {
                datagram(Place.ITSP, "2001:db8:203::10", Family.V6, 5061);
                datagram(Place.ITSP, "2001:db8:203::10", Family.V6, 5060);
            }
        });
        assertThat(packets).hasSize(2);
        assertThat(packets).allSatisfy(p -> assertJudged(p, Ruling.ACCEPT, "services.sip.from: itsp", Fate.DELIVERED));
    }

    @Test
    void tracesPings() throws Exception {
        var packets = traced(
                "192.0.2.99",
                kind("ping"),
                1,
                LONG,
                () -> net.lab
                        .from(Place.STRANGER)
                        .ping(Place.HOST.address(Family.V4), TestLab.A_MOMENT)
                        .join());
        assertThat(packets).singleElement().satisfies(p -> {
            assertJudged(p, Ruling.DROP, "ping", Fate.DROPPED);
            assertThat(p.first().icmpType()).isEqualTo("echo-request");
        });
    }

    @Test
    void endsWithoutPacketsWhenTheTimeIsOver() throws Exception {
        assertThat(traced("192.0.2.200", kind("5060/udp"), 10, Duration.ofSeconds(1), () -> {}))
                .isEmpty();
    }

    @Test
    void leavesNothingInTheKernelWhenItIsKilled() throws IOException {
        var words = Self.find().with("trace", "--from", "192.0.2.0/24", "--for", "20s");
        var trace = net.lab.start(Place.HOST, "killed-trace", words);
        await().atMost(LONG)
                .until(() -> Files.readString(net.lab.log("killed-trace")).contains("the next 10"));
        assertThat(tables()).contains("portero_trace");
        trace.kill();
        await().atMost(Duration.ofSeconds(10)).until(() -> !tables().contains("portero_trace"));
    }
}
