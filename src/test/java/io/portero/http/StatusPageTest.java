package io.portero.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.portero.apply.DroppedSource;
import io.portero.apply.Firewall.Count;
import io.portero.config.AgentSettings;
import io.portero.config.Loaded;
import io.portero.config.PolicyReader;
import io.portero.drift.Attribution.Attributed;
import io.portero.drift.Culprit;
import io.portero.drift.Drift;
import io.portero.policy.Ip;
import io.portero.policy.Policy;
import io.portero.policy.PortRange;
import io.portero.policy.Problem;
import io.portero.reconcile.Origin;
import io.portero.reconcile.Status;
import io.portero.reconcile.Status.FileStatus;
import io.portero.reconcile.Status.InForce;
import io.portero.reconcile.Status.SeenDrift;
import io.portero.stage.StageTable;
import io.portero.status.DroppedSources;
import io.portero.status.Facts;
import io.portero.status.History;
import io.portero.status.StatusComposer;
import io.portero.status.StatusDocument;
import io.portero.status.StatusJson;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The page in each of its states; what it looked like is left in target/status-page, to be looked at. */
@QuarkusTest
class StatusPageTest {
    private static final Instant NOW = Instant.now();
    private static final Instant SINCE = NOW.minusSeconds(200);
    private static final Path PAGES = Path.of("target/status-page");
    private static final InForce IN_FORCE = new InForce(policy("all-in-one.yaml"), Origin.FILE, "c3ff15eef62a44b7");
    private static final FileStatus FILE = new FileStatus(
            "/etc/portero/portero.yaml", AgentSettings.DEFAULT, true, Optional.of(NOW.minusSeconds(4000)), List.of());
    private static final Status IN_SYNC = new Status(
            true,
            SINCE,
            Optional.of(IN_FORCE),
            FILE,
            Optional.empty(),
            Optional.empty(),
            List.of(),
            Optional.empty(),
            Status.Observed.EMPTY);
    private static final Map<String, Count> COUNTERS = Map.of(
            "service_https_accept", new Count(1_234_567, 900_000_000),
            "service_rtp_accept", new Count(98_765_432, 9_000_000_000L),
            "service_sip_accept", new Count(4_321, 900_000),
            "service_sip_drop", new Count(55_555, 900_000),
            "dropped_source", new Count(55_555, 900_000),
            "dropped_no_service", new Count(812, 90_000));
    private static final Map<String, Double> RATES = Map.of(
            "service_https_accept", 12.3,
            "service_rtp_accept", 2_400.0,
            "service_sip_accept", 0.4,
            "service_sip_drop", 31.0,
            "service_ssh_accept", 0.0);
    private static final List<History.Entry> HISTORY = List.of(
            new History.Entry(NOW.minusSeconds(200), "applied", "the policy file, since the file changed, in 22 ms"),
            new History.Entry(
                    NOW.minusSeconds(5000),
                    "rollback",
                    "not confirmed in time; not tried again until the file changes"),
            new History.Entry(
                    NOW.minusSeconds(90_000), "adopted", "the policy file, at the start: the kernel held it already"));

    private static final DroppedSources.Report DROPPED = new DroppedSources.Report(
            List.of(
                    source("198.51.100.23", Optional.empty(), 48_211, 3),
                    source("2001:db8:bad:cafe:1234:5678:9abc:def0", Optional.empty(), 902, 1_900)),
            List.of(
                    source("198.51.100.23", Optional.of("22/tcp"), 8_211, 3),
                    source("2001:db8:bad:cafe:1234:5678:9abc:def0", Optional.of("5060/udp"), 902, 7_900)));

    private static DroppedSource source(String address, Optional<String> port, long packets, int secondsAgo) {
        try {
            return new DroppedSource(
                    Ip.parse(address),
                    port.isPresent() ? Optional.of(PortRange.parse(port.get())) : Optional.empty(),
                    new Count(packets, 60 * packets),
                    Duration.ofSeconds(secondsAgo));
        } catch (Ip.NotAnAddress | PortRange.NotAPort e) {
            throw new AssertionError(e);
        }
    }

    private static Policy policy(String example) {
        try {
            return parsed(Files.readString(Path.of("packaging/examples", example)));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static Policy parsed(String text) {
        return switch (new PolicyReader().parse("p.yaml", text)) {
            case Loaded.Accepted accepted -> accepted.policy();
            case Loaded.Refused refused -> throw new AssertionError(refused.problems());
        };
    }

    private static String page(String name, Status status) throws IOException {
        return page(name, status, HISTORY);
    }

    private static String page(String name, Status status, List<History.Entry> history) throws IOException {
        return page(name, composer(history).of(status));
    }

    private static StatusComposer composer(List<History.Entry> history) {
        var facts = new Facts(
                () -> COUNTERS,
                () -> true,
                () -> true,
                () -> 0,
                List::of,
                List::of,
                List::of,
                o -> DROPPED,
                () -> StageTable.Differences.NONE,
                Facts.NONE.nft());
        return new StatusComposer("1.2.3", "native", facts, () -> history, Clock.systemUTC());
    }

    private static String page(String name, StatusDocument document) throws IOException {
        var html = new StatusPage(StatusView.of("vps-7", document, RATES, NOW)).render();
        Files.createDirectories(PAGES);
        Files.writeString(PAGES.resolve(name + ".html"), html);
        return html;
    }

    private static Status with(
            InForce inForce, FileStatus file, Optional<Instant> probation, List<SeenDrift> drifts, String contention) {
        return new Status(
                true,
                SINCE,
                Optional.of(inForce),
                file,
                Optional.empty(),
                probation,
                drifts,
                Optional.of(contention).filter(f -> !f.isEmpty()),
                Status.Observed.EMPTY);
    }

    @Test
    void inSync() throws IOException {
        assertThat(page("in-sync", IN_SYNC))
                .contains("Busiest sources of the last hour", "198.51.100.23", "48.2 k", "31 min ago")
                .contains("<h1>In sync</h1>", "banner good", "Portero on <strong>vps-7</strong>", "(3 min ago)")
                .contains(
                        "2400<br>",
                        "98.8 M in all",
                        "31<br>",
                        "title=\"itsp: some may\"",
                        "from some of itsp<",
                        "title=\"anybody: may not\"")
                .contains("rollback</span> not confirmed in time", "source not admitted")
                .doesNotContain("class=\"notice")
                .doesNotContain("<script", "http://", "https://");
    }

    @Test
    void onProbation() throws IOException {
        var html =
                page("probation", with(IN_FORCE, FILE, Optional.of(Instant.now().plusSeconds(95)), List.of(), ""));
        assertThat(html)
                .contains("banner warn", "In sync, on probation")
                .containsPattern("On probation: 9[0-9] seconds left");
    }

    @Test
    void withARefusedFile() throws IOException {
        var problems = List.of(
                new Problem(
                        Problem.Severity.ERROR,
                        "/etc/portero/portero.yaml",
                        9,
                        "services.sip.from",
                        "\"itps\" is neither a group nor an address; did you mean itsp?"),
                new Problem(
                        Problem.Severity.WARNING,
                        "/etc/portero/portero.yaml",
                        3,
                        "groups.itsp",
                        "203.0.113.7/24 has host bits set; 203.0.113.0/24 is taken"));
        var file = new FileStatus(FILE.path(), AgentSettings.DEFAULT, false, FILE.reloaded(), problems);
        assertThat(page("refused", with(IN_FORCE, file, Optional.empty(), List.of(), "")))
                .contains("The file on disk is refused", "banner warn")
                .contains("/etc/portero/portero.yaml:9: services.sip.from: &quot;itps&quot; is neither")
                .contains("portero.yaml:3: warning: groups.itsp: ");
    }

    @Test
    void withDriftAndContention() throws IOException {
        var drifts = new ArrayList<SeenDrift>();
        for (int i = 0; i < 3; i++) {
            drifts.add(new SeenDrift(
                    NOW.minusSeconds(5 + i),
                    new Attributed(
                            new Drift(Drift.Kind.CHAIN, "service_sip", "chain service_sip was deleted"),
                            i == 2 ? Optional.empty() : Optional.of(new Culprit("firewalld", 4711))),
                    i == 2 ? Optional.empty() : Optional.of(Duration.ofMillis(7))));
        }
        assertThat(page("contention", with(IN_FORCE, FILE, Optional.empty(), drifts, "firewalld")))
                .contains(
                        "banner bad",
                        "In sync, and fought over",
                        "A program goes on changing the table",
                        "firewalld changes table inet portero")
                .contains("chain service_sip was deleted by firewalld, pid 4711; it stood for 7 ms")
                .contains("chain service_sip was deleted by unknown<");
    }

    @Test
    void observing() throws IOException {
        var policy = parsed(
                "mode: observe\nservices: { ssh: { ports: [22/tcp], from: [192.0.2.1, 192.0.2.8/29, 192.0.2.128, 192.0.2.130, 192.0.2.132], management: true } }\n");
        var inForce = new InForce(policy, Origin.FILE, "0123456789abcdef");
        assertThat(page("observe", with(inForce, FILE, Optional.empty(), List.of(), "")))
                .contains(
                        "In sync, observing only",
                        "Mode is observe",
                        "192.0.2.130 and 1 more",
                        "Would refuse",
                        "What would be dropped",
                        "Busiest sources of the last day",
                        "22/tcp</span> ssh",
                        "no service");
    }

    @Test
    void notInSync() throws IOException {
        var status = new Status(
                false,
                SINCE,
                Optional.of(new InForce(policy("behind-sbc.yaml"), Origin.LAST_GOOD, "c3ff15eef62a44b7")),
                FILE,
                Optional.of("nft is not installed; apt-get install nftables"),
                Optional.empty(),
                List.of(),
                Optional.empty(),
                Status.Observed.EMPTY);
        assertThat(page("not-in-sync", status))
                .contains("<h1>Not in sync</h1>", "banner bad", "nft is not installed; apt-get install nftables")
                .contains("the last confirmed one; /etc/portero/portero.yaml is not in force");
    }

    @Test
    void empty() throws IOException {
        var file = new FileStatus(FILE.path(), AgentSettings.DEFAULT, false, Optional.empty(), List.of());
        var status = new Status(
                false,
                NOW,
                Optional.empty(),
                file,
                Optional.empty(),
                Optional.empty(),
                List.of(),
                Optional.empty(),
                Status.Observed.EMPTY);
        assertThat(page("empty", status, List.of()))
                .contains("No policy in force yet", "so there are no services", "(just now)");
    }

    @Test
    void withNamesAndRemarks() throws IOException {
        var json = (ObjectNode)
                new ObjectMapper().readTree(StatusJson.compact(composer(HISTORY).of(IN_SYNC)));
        json.putArray("remarks").add("firewalld runs and filters as well");
        var names = json.putArray("names");
        var good = names.addObject()
                .put("name", "sip.carrier.example")
                .put("age_seconds", 41)
                .put("stale", false);
        good.putArray("groups").add("itsp");
        good.putArray("addresses").add("203.0.113.5");
        var stale = names.addObject()
                .put("name", "old.carrier.example")
                .put("age_seconds", 90_000)
                .put("stale", true)
                .put("error", "SERVFAIL");
        stale.putArray("groups").add("itsp");
        var silent = names.addObject().put("name", "none.carrier.example").put("stale", false);
        silent.putArray("groups").add("services.sip.from");
        assertThat(page("names", StatusJson.read(json.toString()).orElseThrow()))
                .contains("sip.carrier.example", "answered 41 s ago", "answered 25 h ago, stale: SERVFAIL")
                .contains("none.carrier.example", "no answer yet", "services.sip.from")
                .contains("firewalld runs and filters as well");
    }

    @Test
    void staysBoundedUnderAHugePolicy() throws IOException {
        var text = new StringBuilder("groups:\n");
        for (int i = 0; i < 300; i++) {
            text.append("  group-").append(i).append(": [");
            for (int j = 0; j < 40; j++) {
                text.append("10.").append(i % 256).append('.').append(j).append(".1, ");
            }
            text.append("]\n");
        }
        text.append("services:\n  ssh: { ports: [22/tcp], from: [any], management: true }\n");
        for (int i = 0; i < 1000; i++) {
            text.append("  a-service-with-a-long-name-")
                    .append(i)
                    .append(": { ports: [")
                    .append(i + 1000)
                    .append("/tcp], from: [group-")
                    .append(i % 300)
                    .append("] }\n");
        }
        var inForce = new InForce(parsed(text.toString()), Origin.FILE, "0123456789abcdef");
        var html = page("huge", with(inForce, FILE, Optional.empty(), List.of(), ""));
        assertThat(html).contains("292 more groups", "801 more services", "and 28 more");
        assertThat(html.length()).isLessThan(500_000);
    }

    @Test
    void escapesWhatOthersWrote() throws IOException {
        var evil = "<script>alert(1)</script>\"'&";
        var file = new FileStatus(
                evil,
                AgentSettings.DEFAULT,
                false,
                Optional.empty(),
                List.of(new Problem(Problem.Severity.ERROR, evil, 1, evil, evil)));
        var status = new Status(
                false,
                SINCE,
                Optional.of(IN_FORCE),
                file,
                Optional.of(evil),
                Optional.empty(),
                List.of(new SeenDrift(
                        NOW,
                        new Attributed(new Drift(Drift.Kind.CHAIN, evil, evil), Optional.empty()),
                        Optional.empty())),
                Optional.of(evil),
                Status.Observed.EMPTY);
        var html = new StatusPage(StatusView.of(
                        evil,
                        new StatusComposer(
                                        evil,
                                        evil,
                                        Facts.NONE,
                                        () -> List.of(new History.Entry(NOW, evil, evil)),
                                        Clock.systemUTC())
                                .of(status),
                        Map.of(),
                        NOW))
                .render();
        assertThat(html).doesNotContain("<script").contains("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;");
    }
}
