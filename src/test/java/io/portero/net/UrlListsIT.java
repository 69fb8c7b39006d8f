package io.portero.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.portero.exec.Child;
import io.portero.exec.CommandResult;
import io.portero.lab.Place;
import io.portero.lab.Reach;
import io.portero.lists.WebServer;
import io.portero.plan.IntervalSets;
import io.portero.policy.Family;
import io.portero.policy.Protocol;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** The packaged agent with a real HTTPS server, and with real packets from the addresses on its lists. */
@TestInstance(Lifecycle.PER_CLASS)
class UrlListsIT {
    private static final String HOST = Place.HOST.address(Family.V4);
    private static final String SERVER = Place.MONITOR.address(Family.V4);
    private static final int MANY = 100_000;

    private TestLab net;
    private Path etc;
    private Path files;
    private Child web;
    private NftInPath nft;
    private Path nftRuns;
    private PackagedAgent agent;

    @BeforeAll
    void start() throws IOException {
        net = TestLab.build(Place.HOST, Place.ITSP);
        net.lab.from(Place.HOST).listen(Protocol.UDP, 5060).join();
        etc = Path.of("/etc/netns", run(Place.HOST, "ip", "netns", "identify").strip());
        Files.createDirectories(etc.resolve("ssl/certs"));
        Files.writeString(etc.resolve("hosts"), "127.0.0.1 localhost inside.example\n" + SERVER + " lists.example\n");
        Files.copy(Path.of("src/test/resources/lists/authority.pem"), etc.resolve("ssl/certs/ca-certificates.crt"));
        files = Files.createDirectories(net.lab.directory().resolve("web"));
        list("drop.txt", "203.0.113.66 ; SBL1\n198.51.100.64/28 ; SBL2\n203.0.113.77\n");
        list("ranges.json", "{\"prefixes\": [{\"ip_prefix\": \"203.0.113.0/25\"}, {\"other\": 1}]}");
        list("page.html", "<html><body>404, but told as 200</body></html>");
        web = server();
        nftRuns = net.lab.directory().resolve("nft-runs");
        nft = new NftInPath(net.lab.directory().resolve("bin"));
        nft.does("echo \"$*\" >> " + nftRuns);
        list("many.txt", many(0));
        agent = start(policy());
    }

    private PackagedAgent start(String policy) throws IOException {
        return PackagedAgent.start(net.lab, policy, nft.directory() + ":" + System.getenv("PATH"));
    }

    private Child server() throws IOException {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var classes = Path.of(WebServer.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .getPath());
        var child = net.lab.start(
                Place.MONITOR,
                "web",
                List.of(
                        java,
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        classes.toString(),
                        WebServer.class.getName(),
                        "good",
                        SERVER,
                        "443",
                        files.toString()));
        soon().until(() -> Files.readString(net.lab.log("web")).contains("ready"));
        return child;
    }

    @AfterAll
    void stop() throws IOException {
        if (agent != null) {
            agent.close();
        }
        if (web != null) {
            web.close();
        }
        if (etc != null && Files.exists(etc)) {
            try (Stream<Path> all = Files.walk(etc)) {
                for (var file : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
        net.close();
    }

    private static String policy() {
        return """
                groups:
                  blocklist: ["url:https://lists.example/drop.txt"]
                  many: ["url:https://lists.example/many.txt"]
                  itsp:
                    - "url:https://lists.example/ranges.json#/prefixes/*/ip_prefix"
                    - "url:https://lists.example/page.html"
                    - "url:https://inside.example/list"
                services:
                  ssh: { ports: [22/tcp], from: [any], management: true }
                  sip: { ports: [5060/udp], from: [itsp] }
                deny: [blocklist, many]
                agent: { reconcile-interval: 10m, metrics: { host: 127.0.0.1 } }
                """;
    }

    private void list(String name, String text) throws IOException {
        Files.writeString(files.resolve("new"), text);
        Files.move(files.resolve("new"), files.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }

    private String run(Place place, String... words) {
        return net.lab.run(place, words) instanceof CommandResult.Completed done ? done.output() : "not run";
    }

    private String members(String set) {
        return run(Place.HOST, "nft", "list", "set", "inet", "portero", set);
    }

    private Reach from(String address) {
        return net.lab
                .from(Place.ITSP)
                .reach(Protocol.UDP, address, HOST, 5060, TestLab.A_MOMENT)
                .join();
    }

    private static ConditionFactory soon() {
        return await().atMost(Duration.ofSeconds(90)).pollInterval(Duration.ofMillis(100));
    }

    /** Makes the agent fetch every list now. */
    private void fetchNow() throws IOException {
        run(Place.HOST, "kill", "-HUP", String.valueOf(agent.pid()));
    }

    private long answers(String what) throws IOException {
        try (var lines = Files.lines(net.lab.log("web"))) {
            return lines.filter(what::equals).count();
        }
    }

    private String lists(String... options) {
        var words = Stream.concat(Stream.of("lists"), Stream.of(options)).toArray(String[]::new);
        var done = PackagedAgent.command(net.lab, words);
        return done.output() + done.errors();
    }

    @Test
    void followsListsAndKeepsTheirLastGoodContent() throws IOException {
        soon().untilAsserted(() -> {
            assertThat(members("blocklist_v4")).contains("198.51.100.64/28", "203.0.113.66", "203.0.113.77");
            assertThat(members("itsp_v4")).contains("203.0.113.0/25");
        });
        assertThat(from("203.0.113.50")).isEqualTo(Reach.OPEN);
        assertThat(from("203.0.113.66")).isEqualTo(Reach.SILENT);
        soon().untilAsserted(() -> assertThat(lists())
                .contains(
                        "the answer is a web page, not a list",
                        "inside.example is at 127.0.0.1, which is not a public address"));

        list("drop.txt", "203.0.113.66\n198.51.100.64/28\n203.0.113.78\n203.0.113.50\n");
        fetchNow();
        soon().untilAsserted(() -> assertThat(from("203.0.113.50")).isEqualTo(Reach.SILENT));
        assertThat(agent.log())
                .contains("is in force (list): ", "lists.example/drop.txt (blocklist) has changed: 2 more");
        assertThat(Files.readString(net.lab.directory().resolve("state/audit.jsonl")))
                .contains("\"list_changed\"");

        list("drop.txt", "203.0.113.66\n");
        fetchNow();
        soon().until(() ->
                agent.log().contains("lists.example/drop.txt is held back: it has shrunk by more than half"));
        assertThat(members("blocklist_v4")).contains("203.0.113.50");
        assertThat(lists("--accept", "nobody")).contains("no list of that name is held back");
        assertThat(lists("--accept", "lists.example/drop.txt")).contains("has 1 entry from now on");
        assertThat(from("203.0.113.50")).isEqualTo(Reach.OPEN);

        web.close();
        fetchNow();
        soon().until(() -> agent.log().contains("lists.example/drop.txt cannot be fetched: " + SERVER));
        agent.close();
        run(Place.HOST, "nft", "delete", "table", "inet", "portero");
        agent = start(policy());
        assertThat(from("203.0.113.50")).isEqualTo(Reach.OPEN);
        assertThat(from("203.0.113.66")).isEqualTo(Reach.SILENT);
        web = server();
    }

    private static String many(int first) {
        return IntStream.range(first, first + MANY)
                .mapToObj(i -> "10." + (i >> 15) + "." + (i >> 7 & 255) + "." + (i << 1 & 255) + "\n")
                .collect(Collectors.joining());
    }

    @Test
    void aLargeListCostsNothingIfUnchangedAndOneRunOfNftForTenEntries() throws IOException {
        soon().until(() -> lists("--json").contains("\"entries\" : " + MANY));
        soon().pollDelay(Duration.ofSeconds(2)).until(() -> agent.isInSync());
        long before = changes();
        long unchanged = answers("304 /many.txt");

        fetchNow(); // a signal also reads the table, which does not count here
        soon().until(() -> answers("304 /many.txt") > unchanged);
        await().pollDelay(Duration.ofSeconds(1)).until(() -> true);
        assertThat(changes()).isEqualTo(before);

        list("many.txt", many(10));
        fetchNow();
        soon().until(() -> agent.log().contains("many.txt (many) has changed: 10 more, 10 fewer"));
        soon().until(() -> changes() > before);
        await().pollDelay(Duration.ofSeconds(1)).until(() -> true);
        long most = net.firewall.intervalSets() == IntervalSets.IN_PLACE ? 1 : 4;
        assertThat(changes() - before).isBetween(1L, most);
    }

    /** How often nft was run for a change. */
    private long changes() throws IOException {
        try (var lines = Files.lines(nftRuns)) {
            return lines.filter(l -> l.contains("-f")).count();
        }
    }
}
