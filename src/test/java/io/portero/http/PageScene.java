package io.portero.http;

import io.portero.apply.DroppedSource;
import io.portero.apply.Firewall.Count;
import io.portero.config.AgentSettings;
import io.portero.config.Loaded;
import io.portero.config.PolicyReader;
import io.portero.events.Origin;
import io.portero.events.Status;
import io.portero.events.Status.FileStatus;
import io.portero.events.Status.InForce;
import io.portero.events.Status.SeenDrift;
import io.portero.policy.Ip;
import io.portero.policy.Policy;
import io.portero.policy.PortRange;
import io.portero.stage.StageTable;
import io.portero.status.DroppedSources;
import io.portero.status.Facts;
import io.portero.status.History;
import io.portero.status.StatusComposer;
import io.portero.status.StatusDocument;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The host behind the page: its policy, its traffic and its events. */
final class PageScene {
    static final Instant NOW = Instant.now();
    static final Instant SINCE = NOW.minusSeconds(200);
    static final InForce IN_FORCE = new InForce(policy("all-in-one.yaml"), Origin.FILE, "c3ff15eef62a44b7");
    static final FileStatus FILE = new FileStatus(
            "/etc/portero/portero.yaml", AgentSettings.DEFAULT, true, Optional.of(NOW.minusSeconds(4000)), List.of());
    static final Status IN_SYNC = new Status(
            true,
            SINCE,
            Optional.of(IN_FORCE),
            FILE,
            Optional.empty(),
            Optional.empty(),
            List.of(),
            Optional.empty(),
            Status.Observed.EMPTY);
    static final Map<String, Count> COUNTERS = Map.of(
            "service_https_accept", new Count(1_234_567, 900_000_000),
            "service_rtp_accept", new Count(98_765_432, 9_000_000_000L),
            "service_sip_accept", new Count(4_321, 900_000),
            "service_sip_drop", new Count(55_555, 900_000),
            "dropped_source", new Count(55_555, 900_000),
            "dropped_no_service", new Count(812, 90_000));
    static final Map<String, Double> RATES = Map.of(
            "service_https_accept", 12.3,
            "service_rtp_accept", 2_400.0,
            "service_sip_accept", 0.4,
            "service_sip_drop", 31.0,
            "service_ssh_accept", 0.0);
    static final List<History.Entry> HISTORY = List.of(
            new History.Entry(NOW.minusSeconds(200), "applied", "the policy file, since the file changed, in 22 ms"),
            new History.Entry(
                    NOW.minusSeconds(5000),
                    "rollback",
                    "not confirmed in time; not tried again until the file changes"),
            new History.Entry(
                    NOW.minusSeconds(90_000),
                    "adopted",
                    "the policy file, at the start: the kernel already" + " held it"));

    static final DroppedSources.Report DROPPED = new DroppedSources.Report(
            List.of(
                    source("198.51.100.23", Optional.empty(), 48_211, 3),
                    source("2001:db8:bad:cafe:1234:5678:9abc:def0", Optional.empty(), 902, 1_900)),
            List.of(
                    source("198.51.100.23", Optional.of("22/tcp"), 8_211, 3),
                    source("2001:db8:bad:cafe:1234:5678:9abc:def0", Optional.of("5060/udp"), 902, 7_900)));

    static DroppedSource source(String address, Optional<String> port, long packets, int secondsAgo) {
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

    static Policy policy(String example) {
        try {
            return parsed(Files.readString(Path.of("packaging/examples", example)));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    static Policy parsed(String text) {
        return switch (new PolicyReader().parse("p.yaml", text)) {
            case Loaded.Accepted accepted -> accepted.policy();
            case Loaded.Refused refused -> throw new AssertionError(refused.problems());
        };
    }

    /** Ten minutes of a rate that rises and falls, with a gap without scrapes. */
    static Curve curve(String counter) {
        double rate = RATES.getOrDefault(counter, 0.0);
        var drawing = new Curve.Drawing(Duration.ofSeconds(600), 600_000_000_000L);
        for (int i = 0; i < 60; i++) {
            if (i < 20 || i > 28) {
                drawing.add(
                        i * 10_000_000_000L,
                        (i + 1) * 10_000_000_000L,
                        rate * (1.2 + Math.sin(i * 0.3) + (i * 7 % 5) / 5.0));
            }
        }
        return drawing.done();
    }

    private PageScene() {}

    static StatusView view(StatusDocument document) {
        return StatusView.of("vps-7", document, new Traffic(RATES, PageScene::curve), NOW);
    }

    static StatusComposer composer(List<History.Entry> history) {
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
                Facts.NONE.nft(),
                List::of);
        return new StatusComposer("1.2.3", "native", facts, () -> history, Clock.systemUTC());
    }

    static Status with(
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
}
