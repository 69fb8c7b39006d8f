package io.portero.http;

import static io.portero.http.PageScene.FILE;
import static io.portero.http.PageScene.HISTORY;
import static io.portero.http.PageScene.IN_FORCE;
import static io.portero.http.PageScene.IN_SYNC;
import static io.portero.http.PageScene.NOW;
import static io.portero.http.PageScene.SINCE;
import static io.portero.http.PageScene.composer;
import static io.portero.http.PageScene.parsed;
import static io.portero.http.PageScene.policy;
import static io.portero.http.PageScene.with;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.portero.config.AgentSettings;
import io.portero.drift.Attribution.Attributed;
import io.portero.drift.Culprit;
import io.portero.drift.Drift;
import io.portero.events.Origin;
import io.portero.events.Status;
import io.portero.events.Status.FileStatus;
import io.portero.events.Status.InForce;
import io.portero.events.Status.SeenDrift;
import io.portero.policy.Policy;
import io.portero.policy.Problem;
import io.portero.status.Facts;
import io.portero.status.History;
import io.portero.status.StatusComposer;
import io.portero.status.StatusDocument;
import io.portero.status.StatusJson;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Each state that the page can show. */
enum PageState {
    IN_SYNC_ALL_WELL(() -> composed(IN_SYNC)),
    PROBATION(() -> composed(with(IN_FORCE, FILE, Optional.of(Instant.now().plusSeconds(95)), List.of(), ""))),
    REFUSED(() -> composed(with(
            IN_FORCE,
            file(false, problem(Problem.Severity.ERROR), problem(Problem.Severity.WARNING)),
            Optional.empty(),
            List.of(),
            ""))),
    WARNINGS(() ->
            composed(with(IN_FORCE, file(true, problem(Problem.Severity.WARNING)), Optional.empty(), List.of(), ""))),
    CONTENTION(() -> composed(with(
            IN_FORCE,
            FILE,
            Optional.empty(),
            List.of(
                    drift(5, Optional.of(new Culprit("firewalld", 4711)), Optional.of(Duration.ofMillis(7))),
                    drift(6, Optional.of(new Culprit("firewalld", 4711)), Optional.of(Duration.ofMillis(7))),
                    drift(7, Optional.empty(), Optional.empty())),
            "firewalld"))),
    OBSERVING(() -> composed(with(
            inForce(
                    parsed(
                            "mode: observe\nservices: { ssh: { ports: [22/tcp], from: [192.0.2.1, 192.0.2.8/29, 192.0.2.128,"
                                    + " 192.0.2.130, 192.0.2.132], management: true } }\n"),
                    Origin.FILE),
            FILE,
            Optional.empty(),
            List.of(),
            ""))),
    NOT_IN_SYNC(() -> composed(failing(
            Optional.of(inForce(policy("behind-sbc.yaml"), Origin.LAST_GOOD)),
            "nft is not installed; apt-get install nftables"))),
    EMPTY(() -> composer(List.of())
            .of(new Status(
                    false,
                    NOW,
                    Optional.empty(),
                    new FileStatus(FILE.path(), AgentSettings.DEFAULT, false, Optional.empty(), List.of()),
                    Optional.empty(),
                    Optional.empty(),
                    List.of(),
                    Optional.empty(),
                    Status.Observed.EMPTY))),
    LAST_GOOD(() -> composed(
            with(inForce(policy("all-in-one.yaml"), Origin.LAST_GOOD), file(false), Optional.empty(), List.of(), ""))),
    FALLBACK(() -> composed(with(
            inForce(parsed("services: { ssh: { ports: [22/tcp], from: [any], management: true } }\n"), Origin.FALLBACK),
            file(false, problem(Problem.Severity.ERROR)),
            Optional.empty(),
            List.of(),
            ""))),
    NAMES_AND_REMARKS(() -> edited(PageState::namesAndRemarks)),
    GUESTS_BANS_AND_TROUBLE(() -> edited(PageState::trouble)),
    HUGE(() -> composed(with(inForce(parsed(hugePolicy()), Origin.FILE), FILE, Optional.empty(), List.of(), ""))),
    HOSTILE(PageState::hostile);

    static final String EVIL = "<script>alert(1)</script>\"'&";

    private final Supplier<StatusDocument> document;

    PageState(Supplier<StatusDocument> document) {
        this.document = document;
    }

    StatusView view() {
        return PageScene.view(document.get());
    }

    String file() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static StatusDocument composed(Status status) {
        return composer(HISTORY).of(status);
    }

    private static InForce inForce(Policy policy, Origin origin) {
        return new InForce(policy, origin, "0123456789abcdef");
    }

    private static FileStatus file(boolean successful, Problem... problems) {
        return new FileStatus(FILE.path(), AgentSettings.DEFAULT, successful, FILE.reloaded(), List.of(problems));
    }

    private static Problem problem(Problem.Severity severity) {
        return severity == Problem.Severity.ERROR
                ? new Problem(
                        severity,
                        FILE.path(),
                        9,
                        "services.sip.from",
                        "\"itps\" is neither a group nor an address; did you mean itsp?")
                : new Problem(
                        severity,
                        FILE.path(),
                        3,
                        "groups.itsp",
                        "203.0.113.7/24 has host bits set; 203.0.113.0/24 is taken");
    }

    private static SeenDrift drift(int secondsAgo, Optional<Culprit> by, Optional<Duration> stood) {
        return new SeenDrift(
                NOW.minusSeconds(secondsAgo),
                new Attributed(new Drift(Drift.Kind.CHAIN, "service_sip", "chain service_sip was deleted"), by),
                stood);
    }

    private static Status failing(Optional<InForce> inForce, String error) {
        return new Status(
                false,
                SINCE,
                inForce,
                FILE,
                Optional.of(error),
                Optional.empty(),
                List.of(),
                Optional.empty(),
                Status.Observed.EMPTY);
    }

    /** Adds to the document what only a running agent can know. */
    private static StatusDocument edited(Consumer<ObjectNode> edit) {
        try {
            var json = (ObjectNode) new ObjectMapper().readTree(StatusJson.compact(composed(IN_SYNC)));
            edit.accept(json);
            return StatusJson.read(json.toString()).orElseThrow();
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }

    private static void namesAndRemarks(ObjectNode json) {
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
    }

    private static void trouble(ObjectNode json) {
        var guests = json.putObject("guests").put("count", 1);
        guests.putArray("first")
                .addObject()
                .put("address", "192.0.2.7")
                .put("service", "sip")
                .put("until", "2026-01-01T01:00:00Z")
                .put("seconds_left", 3600)
                .put("by", "hand")
                .put("note", "contractor")
                .put("in_force", true);
        json.putObject("bans").put("count", 12_345).putArray("first");
        json.putArray("trusted_uplinks")
                .addObject()
                .put("interface", "br-wan")
                .put(
                        "danger",
                        "br-wan is trusted by the pattern br-*, and it is an uplink: take it out of trusted-interfaces");
        json.putObject("monitor").put("listening", false);
        json.putObject("audit").put("unwritten", 4);
    }

    private static String hugePolicy() {
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
        return text.toString();
    }

    private static StatusDocument hostile() {
        var file = new FileStatus(
                EVIL,
                AgentSettings.DEFAULT,
                false,
                Optional.empty(),
                List.of(new Problem(Problem.Severity.ERROR, EVIL, 1, EVIL, EVIL)));
        var status = new Status(
                false,
                SINCE,
                Optional.of(IN_FORCE),
                file,
                Optional.of(EVIL),
                Optional.empty(),
                List.of(new SeenDrift(
                        NOW,
                        new Attributed(new Drift(Drift.Kind.CHAIN, EVIL, EVIL), Optional.empty()),
                        Optional.empty())),
                Optional.of(EVIL),
                Status.Observed.EMPTY);
        return new StatusComposer(
                        EVIL, EVIL, Facts.NONE, () -> List.of(new History.Entry(NOW, EVIL, EVIL)), Clock.systemUTC())
                .of(status);
    }
}
