package io.portero.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.portero.exec.Child;
import io.portero.exec.CommandResult;
import io.portero.lab.Place;
import io.portero.lab.Reach;
import io.portero.policy.Family;
import io.portero.policy.Protocol;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The packaged agent with a real name server, and with lists that change. */
class NamesIT {
    private static final String HOST = Place.HOST.address(Family.V4);
    private static final String SERVER = Place.MONITOR.address(Family.V4);

    private TestLab net;
    private Path etc;
    private Path hosts;
    private Path list;
    private Child dns;
    private PackagedAgent agent;

    @BeforeEach
    void start() throws IOException {
        net = TestLab.build(Place.HOST, Place.ITSP);
        net.lab.from(Place.HOST).listen(Protocol.UDP, 5060).join();
        etc = Files.createDirectories(
                Path.of("/etc/netns", run(Place.HOST, "ip", "netns", "identify").strip()));
        Files.writeString(etc.resolve("resolv.conf"), "nameserver " + SERVER + "\n");
        Files.writeString(etc.resolve("hosts"), "127.0.0.1 localhost\n203.0.113.90 local.example\n");
        hosts = net.lab.directory().resolve("records");
        moving("203.0.113.50");
        list = net.lab.directory().resolve("list.txt");
        list("203.0.113.70 # one\n");
        dns = server();
        startBrokenServer();
        agent = PackagedAgent.start(net.lab, policy());
    }

    @AfterEach
    void stop() throws IOException {
        if (agent != null) {
            agent.close();
        }
        if (etc != null) {
            Files.deleteIfExists(etc.resolve("resolv.conf"));
            Files.deleteIfExists(etc.resolve("hosts"));
            Files.deleteIfExists(etc);
        }
        net.close();
    }

    private String policy() {
        return """
                groups:
                  itsp:
                    - moving.example
                    - big.example
                    - _sip._udp.carrier.example
                    - local.example
                    - nx.example
                    - sink.example
                    - refused.test
                    - silent.example
                    - broken.example
                    - "file:%s"
                services:
                  ssh: { ports: [22/tcp], from: [any], management: true }
                  sip: { ports: [5060/udp], from: [itsp, alias.example] }
                agent: { metrics: { host: 127.0.0.1 } }
                """.formatted(list);
    }

    /** Starts a server that answers only for its own zone; other queries go to an address without a server. */
    private Child server() throws IOException {
        var records = IntStream.rangeClosed(1, 200)
                .mapToObj(i -> "host-record=big.example,10.1.0." + i + "\n")
                .collect(Collectors.joining());
        var config = net.lab.directory().resolve("dnsmasq.conf");
        Files.writeString(config, records + """
                no-resolv
                no-hosts
                user=root
                bind-interfaces
                listen-address=%s
                addn-hosts=%s
                local=/example/
                host-record=a.example,203.0.113.7,2001:db8:203::7
                cname=alias.example,a.example
                srv-host=_sip._udp.carrier.example,a.example,5060
                host-record=sink.example,127.0.0.1
                server=/silent.example/%s#5399
                server=/broken.example/127.0.0.1#5300
                """.formatted(SERVER, hosts, Place.STRANGER.address(Family.V4)));
        return net.lab.start(Place.MONITOR, "dns", List.of("dnsmasq", "-k", "-C", config.toString(), "--pid-file="));
    }

    /** Starts a server that cannot read its zone: queries for names in it get SERVFAIL. */
    private void startBrokenServer() throws IOException {
        var config = net.lab.directory().resolve("nsd.conf");
        Files.writeString(config, """
                server:
                  ip-address: 127.0.0.1@5300
                  username: ""
                  chroot: ""
                  zonesdir: "%1$s"
                  pidfile: "%1$s/nsd.pid"
                  xfrdfile: "%1$s/xfrd.state"
                  zonelistfile: "%1$s/zone.list"
                remote-control:
                  control-enable: no
                zone:
                  name: broken.example
                  zonefile: missing.zone
                """.formatted(net.lab.directory()));
        net.lab.start(Place.MONITOR, "nsd", List.of("nsd", "-d", "-c", config.toString()));
    }

    private void moving(String address) throws IOException {
        Files.writeString(hosts, address + " moving.example\n");
    }

    private void list(String text) throws IOException {
        var next = list.resolveSibling("list.new");
        Files.writeString(next, text);
        Files.setPosixFilePermissions(next, PosixFilePermissions.fromString("rw-r--r--"));
        Files.move(next, list, StandardCopyOption.ATOMIC_MOVE);
    }

    private String run(Place place, String... words) {
        return net.lab.run(place, words) instanceof CommandResult.Completed done ? done.output() : "not run";
    }

    private String members(String set) {
        return run(Place.HOST, "nft", "list", "set", "inet", "portero", set);
    }

    private JsonNode name(String name) throws IOException {
        for (var node : new ObjectMapper().readTree(agent.statusFile()).path("names")) {
            if (node.path("name").asText().equals(name)) {
                return node;
            }
        }
        throw new AssertionError("no name " + name);
    }

    private Reach from(String address) {
        return net.lab
                .from(Place.ITSP)
                .reach(Protocol.UDP, address, HOST, 5060, TestLab.A_MOMENT)
                .join();
    }

    /** A little longer than the shortest time between two queries. */
    private static ConditionFactory soon() {
        return await().atMost(Duration.ofSeconds(50)).pollInterval(Duration.ofMillis(250));
    }

    @Test
    void followsNamesAndListsAndKeepsThemWhenTheyFail() throws IOException {
        soon().untilAsserted(() -> {
            assertThat(members("itsp_v4"))
                    .contains("203.0.113.50", "203.0.113.7", "203.0.113.70", "203.0.113.90", "10.1.0.1-10.1.0.200");
            assertThat(members("itsp_v6")).contains("2001:db8:203::7");
            assertThat(members("service_sip.from_v4")).contains("203.0.113.7");
            assertThat(name("refused.test").path("error").asText()).contains("REFUSED");
            assertThat(name("broken.example").path("error").asText()).contains("SERVFAIL");
            assertThat(name("silent.example").path("error").asText()).contains("does not answer");
        });
        assertThat(members("itsp_v4")).doesNotContain("127.0.0.1");
        assertThat(name("sink.example").path("error").asText()).contains("no host can have");
        assertThat(name("nx.example").path("error").asText()).contains("no address");
        assertThat(from("203.0.113.50")).isEqualTo(Reach.OPEN);
        assertThat(from("203.0.113.51")).isEqualTo(Reach.SILENT);

        list("203.0.113.70\n203.0.113.71\n");
        soon().untilAsserted(() -> assertThat(members("itsp_v4")).contains("203.0.113.70/31"));
        list("203.0.113.72\n203.0.113\n");
        soon().untilAsserted(() -> assertThat(agent.log()).contains("list.txt:2: "));
        assertThat(members("itsp_v4")).contains("203.0.113.70/31").doesNotContain("203.0.113.72");

        moving("203.0.113.51");
        signal("HUP");
        soon().untilAsserted(() -> assertThat(from("203.0.113.51")).isEqualTo(Reach.OPEN));
        assertThat(from("203.0.113.50")).isEqualTo(Reach.SILENT);
        assertThat(agent.log()).contains("is in force (dns): 1 transaction,");
        assertThat(Files.readString(net.lab.directory().resolve("state/audit.jsonl")))
                .contains("\"name_changed\"");

        signal("STOP");
        soon().until(() -> agent.log().contains("moving.example cannot be resolved"));
        agent.close();
        Files.delete(list);
        run(Place.HOST, "nft", "delete", "table", "inet", "portero");
        agent = PackagedAgent.start(net.lab, policy());
        assertThat(from("203.0.113.51")).isEqualTo(Reach.OPEN);
        assertThat(members("itsp_v4")).contains("203.0.113.70/31", "10.1.0.1-10.1.0.200");
        signal("CONT");
    }

    private void signal(String signal) {
        run(Place.MONITOR, "kill", "-" + signal, String.valueOf(dns.pid()));
    }
}
