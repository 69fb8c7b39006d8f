package io.portero.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.portero.apply.Applier;
import io.portero.apply.Outcome;
import io.portero.compile.PolicyCompiler;
import io.portero.exec.Child;
import io.portero.exec.Command;
import io.portero.exec.CommandResult;
import io.portero.exec.CommandRunner;
import io.portero.exec.ProcessRunner;
import io.portero.nft.NftFirewall;
import io.portero.plan.IntervalSets;
import io.portero.plan.KnownRules;
import io.portero.plan.Planner;
import io.portero.plan.Snapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real keepalived on two hosts of a cluster that share an address; one host has the example policy. */
class KeepalivedIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final Duration SOME_ADVERTS = Duration.ofSeconds(3);
    private static final String SHARED = "10.20.0.10";
    private static final String PREFIX =
            "portero-vrrp-" + ProcessHandle.current().pid() + "-";

    @TempDir
    private Path directory;

    private final CommandRunner runner = new ProcessRunner();
    private final List<Child> children = new ArrayList<>();

    @BeforeEach
    void wire() {
        boolean made = run("ip", "netns", "add", PREFIX + "switch");
        if (!made && "true".equals(System.getenv("CI"))) {
            throw new AssertionError("network namespaces are needed in CI");
        }
        Assumptions.assumeTrue(made, "network namespaces are not allowed here");
        must("ip", "-n", PREFIX + "switch", "link", "add", "br0", "type", "bridge");
        must("ip", "-n", PREFIX + "switch", "link", "set", "br0", "up");
        plug("host", "10.20.0.11");
        plug("peer", "10.20.0.12");
        plug("other", "10.20.0.99");
    }

    private void plug(String name, String address) {
        var ns = PREFIX + name;
        must("ip", "netns", "add", ns);
        must("ip", "link", "add", "eth1", "netns", ns, "type", "veth", "peer", name, "netns", PREFIX + "switch");
        must("ip", "-n", PREFIX + "switch", "link", "set", name, "master", "br0", "up");
        must("ip", "-n", ns, "link", "set", "lo", "up");
        must("ip", "-n", ns, "address", "add", address + "/24", "dev", "eth1");
        must("ip", "-n", ns, "link", "set", "eth1", "up");
    }

    @AfterEach
    void takeAway() {
        children.forEach(Child::close);
        List.of("host", "peer", "other", "switch").forEach(name -> run("ip", "netns", "delete", PREFIX + name));
    }

    private boolean run(String... words) {
        return runner.run(Command.of(TIMEOUT, words)) instanceof CommandResult.Completed done && done.succeeded();
    }

    private void must(String... words) {
        assertThat(run(words)).as(String.join(" ", words)).isTrue();
    }

    private void keepalived(String name, int priority) throws IOException {
        var config = directory.resolve(name + ".conf");
        Files.writeString(config, """
                global_defs {
                    router_id %s
                    vrrp_version 3
                }
                vrrp_instance app {
                    state BACKUP
                    interface eth1
                    virtual_router_id 20
                    priority %d
                    advert_int 0.2
                    virtual_ipaddress { %s/24 }
                }
                """.formatted(name, priority, SHARED));
        children.add(Child.logging(
                List.of(
                        "ip",
                        "netns",
                        "exec",
                        PREFIX + name,
                        "keepalived",
                        "--dont-fork",
                        "--vrrp",
                        "--log-console",
                        "--use-file=" + config,
                        "--pid=" + directory.resolve(name + ".pid"),
                        "--vrrp_pid=" + directory.resolve(name + ".vrrp.pid")),
                directory.resolve(name + ".log")));
    }

    private boolean holds(String name) {
        return runner.run(Command.of(TIMEOUT, "ip", "-n", PREFIX + name, "-4", "address", "show", "dev", "eth1"))
                        instanceof CommandResult.Completed done
                && done.output().contains(" " + SHARED + "/");
    }

    private void enforceTheExample() {
        var firewall = new NftFirewall(command -> {
            var words = new ArrayList<>(List.of("ip", "netns", "exec", PREFIX + "host"));
            words.addAll(command.words());
            return runner.run(new Command(words, command.input(), command.timeout()));
        });
        var plan = Planner.plan(
                PolicyCompiler.compile(TestLab.example("cluster-app.yaml")),
                Snapshot.ABSENT,
                KnownRules.NONE,
                IntervalSets.IN_PLACE);
        assertThat(new Applier(firewall).apply(plan)).isInstanceOf(Outcome.Applied.class);
    }

    @Test
    void staysBackupUntilTheOtherHostStopsItsAdverts() throws Exception {
        enforceTheExample();
        keepalived("peer", 150);
        await().atMost(TIMEOUT).until(() -> holds("peer"));
        keepalived("host", 100);
        await().during(SOME_ADVERTS).atMost(TIMEOUT).until(() -> !holds("host"));
        children.getFirst().close();
        await().atMost(TIMEOUT).until(() -> holds("host"));
    }

    @Test
    void advertsOfAStrangerAreDropped() throws Exception {
        enforceTheExample();
        keepalived("other", 200);
        await().atMost(TIMEOUT).until(() -> holds("other"));
        keepalived("host", 100);
        await().atMost(TIMEOUT).until(() -> holds("host"));
        await().during(SOME_ADVERTS).atMost(TIMEOUT).until(() -> holds("host"));
    }

    @Test
    void withoutAFirewallAdvertsOfAStrangerWouldArrive() throws Exception {
        keepalived("other", 200);
        await().atMost(TIMEOUT).until(() -> holds("other"));
        keepalived("host", 100);
        await().during(SOME_ADVERTS).atMost(TIMEOUT).until(() -> !holds("host"));
    }
}
