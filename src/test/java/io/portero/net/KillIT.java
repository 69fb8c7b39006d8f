package io.portero.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.portero.exec.CommandResult;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The agent is killed before and after every nft that it starts for an apply and for a rollback, while packets arrive
 * all the time: no packet is lost that both policies admit, and none passes that both forbid.
 */
class KillIT {
    private static final int PORT = 5060;
    private static final int PER_SECOND = 1_000;
    private static final String OLD = policy("[any]", "itsp: [203.0.113.0/24]", "itsp");
    /** Other sets, other rules, and no denied source. */
    private static final String NEW = policy("[any]", "carrier: [203.0.113.0/28, 192.0.2.77]", "carrier");
    /** A policy that needs a confirmation. */
    private static final String NARROW = policy("[198.51.100.7]", "carrier: [203.0.113.0/28]", "carrier");

    private TestLab net;
    private NftInPath nft;
    private PackagedAgent agent;
    private Outpost.Activity permitted;
    private Outpost.Activity forbidden;

    private static String policy(String management, String group, String from) {
        return """
                groups: { %s }
                services:
                  ssh: { ports: [22/tcp], from: %s, management: true }
                  sip: { ports: [5060/udp], from: [%s] }
                safety: { confirm-within: 10m }
                agent: { reconcile-interval: 10m, metrics: { host: 127.0.0.1 } }
                """.formatted(group, management, from);
    }

    @BeforeEach
    void start() throws Exception {
        net = TestLab.build(Place.STRANGER, Place.ITSP);
        nft = new NftInPath(net.lab.directory().resolve("bin"));
        agent = PackagedAgent.start(net.lab, OLD, nft.path());
        net.lab.sighting().start();
        permitted = stream(Place.ITSP);
        forbidden = stream(Place.STRANGER);
    }

    @AfterEach
    void end() {
        agent.close();
        net.close();
    }

    private Outpost.Activity stream(Place from) {
        return net.lab.from(from).stream(from.address(Family.V4), Place.HOST.address(Family.V4), PORT, PER_SECOND)
                .join();
    }

    @Test
    void aKilledApplyIsCompletedAfterTheRestart() throws Exception {
        int kills = 0;
        for (var when : new String[] {"before", "after"}) {
            for (int call = 1; killsAt(when, call, NEW); call++) {
                kills++;
                resume();
                assertThat(sipFrom()).isEqualTo("carrier");
                back();
            }
            back();
        }
        assertThat(kills).isGreaterThanOrEqualTo(6); // before and after each of fill, switch and clear
        assertNothingLostOrLeaked(kills);
    }

    @Test
    void aKilledRollbackIsCompletedAfterTheRestart() throws Exception {
        int kills = 0;
        for (var when : new String[] {"before", "after"}) {
            for (int call = 1; killsRollbackAt(when, call, NARROW + "# " + when + call + "\n"); call++) {
                kills++;
                resume();
                assertThat(sipFrom()).isEqualTo("itsp");
                assertThat(Files.readString(state("last-good.yaml"))).isEqualTo(OLD);
                back();
            }
            back();
        }
        assertThat(kills).isGreaterThanOrEqualTo(6);
        assertNothingLostOrLeaked(kills);
    }

    /** Whether the agent was killed on the way to that policy, as intended; otherwise it has applied it. */
    private boolean killsAt(String when, int call, String policy) throws IOException {
        long before = told("is in force (file)");
        arm(when, call);
        agent.edit(policy);
        return killedBefore("is in force (file)", before);
    }

    private boolean killsRollbackAt(String when, int call, String policy) throws IOException {
        long probations = told("on probation");
        agent.edit(policy);
        await().atMost(Duration.ofSeconds(20)).until(() -> told("on probation") > probations);
        long before = told("is in force (rollback)");
        arm(when, call);
        Files.createFile(net.lab.directory().resolve("run/rollback"));
        return killedBefore("is in force (rollback)", before);
    }

    private long told(String what) throws IOException {
        return agent.log().lines().filter(l -> l.contains(what)).count();
    }

    private boolean killedBefore(String line, long times) throws IOException {
        await().atMost(Duration.ofSeconds(20)).until(() -> !agent.isAlive() || told(line) > times);
        nft.does(""); // otherwise the next check, a second later, would kill it
        await().pollDelay(Duration.ofMillis(300)).until(() -> true);
        return !agent.isAlive();
    }

    private void arm(String when, int call) throws IOException {
        var count = nft.directory().resolve("count");
        Files.writeString(count, "0\n");
        nft.does("""
                if [ "$1" != monitor ]; then
                  read n < %1$s; n=$((n + 1)); echo $n > %1$s
                  if [ $n = %2$d ]; then
                    [ %3$s = before ] || %4$s "$@"
                    kill -9 $PPID; exit 1
                  fi
                fi""".formatted(count, call, when, NftInPath.real()));
    }

    private void resume() throws IOException {
        nft.does("");
        agent = PackagedAgent.begin(net.lab, nft.path());
        await().atMost(Duration.ofSeconds(20)).until(agent::isInSync);
    }

    /** Waits for the log, which an apply writes last; a later line would be taken for the next apply. */
    private void back() throws IOException {
        nft.does("");
        long before = told("is in force (file)") + told("is in force already");
        agent.edit(OLD);
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(sipFrom()).as(agent.log()).isEqualTo("itsp"));
        await().atMost(Duration.ofSeconds(10)).until(agent::isInSync);
        await().atMost(Duration.ofSeconds(10)).until(() -> !Files.exists(state("unconfirmed")));
        await().atMost(Duration.ofSeconds(10))
                .until(() -> told("is in force (file)") + told("is in force already") > before);
    }

    private Path state(String name) {
        return net.lab.directory().resolve("state").resolve(name);
    }

    /** The group in the one rule for SIP; anything else is not a complete policy. */
    private String sipFrom() {
        var chain = net.lab.run(Place.HOST, "nft", "list", "chain", "inet", "portero", "service_sip");
        if (!(chain instanceof CommandResult.Completed done && done.succeeded())) {
            return chain.toString();
        }
        var rule = done.output()
                .lines()
                .filter(l -> l.contains("ip saddr") && !l.contains(".guests_"))
                .toList();
        return rule.size() == 1 ? rule.getFirst().replaceFirst(".*@(\\w+)_v4.*", "$1") : rule.toString();
    }

    private void assertNothingLostOrLeaked(int kills) throws Exception {
        permitted.stop().join();
        forbidden.stop().join();
        var came = net.lab.sighting().came();
        var passed = net.lab.sighting().passed();
        var carrier = new Sight(Ip.parse(Place.ITSP.address(Family.V4)), Protocol.UDP.number(), PORT);
        var stranger = new Sight(Ip.parse(Place.STRANGER.address(Family.V4)), Protocol.UDP.number(), PORT);
        assertThat(came.get(carrier)).isGreaterThan(kills * (long) PER_SECOND);
        assertThat(passed.get(carrier)).as("permitted").isEqualTo(came.get(carrier));
        assertThat(came.get(stranger)).isGreaterThan(kills * (long) PER_SECOND);
        assertThat(passed.getOrDefault(stranger, 0L)).as("forbidden").isZero();
    }
}
