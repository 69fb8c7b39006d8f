package io.portero.demo;

import io.portero.exec.Child;
import io.portero.lab.Lab;
import io.portero.lab.Outpost;
import io.portero.lab.Patience;
import io.portero.lab.Place;
import io.portero.lab.Self;
import io.portero.policy.Family;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.OptionalDouble;
import java.util.regex.Pattern;

/** The real agent on the host of a lab, used only through its command line, its policy file and its port. */
final class Agent {
    private static final String EXAMPLE = "/examples/all-in-one.yaml";
    private static final String LOG = "agent";
    private static final Duration START = Patience.of(Duration.ofSeconds(20));
    private static final Duration METRIC = Patience.of(Duration.ofSeconds(10));
    private static final Duration PATIENCE = Patience.of(Duration.ofSeconds(5));

    private final Lab lab;
    private final Path file;
    private final Child child;

    private Agent(Lab lab, Path file, Child child) {
        this.lab = lab;
        this.file = file;
        this.child = child;
    }

    /** The shipped example policy, with a drift check every second and a metrics listener on both families. */
    static String policy() throws IOException {
        try (InputStream example = Agent.class.getResourceAsStream(EXAMPLE)) {
            if (example == null) {
                throw new IOException(EXAMPLE + " is missing from this build");
            }
            return new String(example.readAllBytes(), StandardCharsets.UTF_8)
                    .replace("reconcile-interval: 30s", "reconcile-interval: 1s ")
                    .replace("host: 0.0.0.0", "host: \"::\"");
        }
    }

    static Agent start(Lab lab, Self self, String policy) throws IOException {
        var config = Files.createDirectory(lab.directory().resolve("etc"));
        var state = Files.createDirectory(lab.directory().resolve("state"));
        var run = Files.createDirectory(lab.directory().resolve("run"));
        var file = config.resolve("portero.yaml");
        replace(file, policy);
        var words = self.with(
                "run", "--config", file.toString(), "--state-dir", state.toString(), "--run-dir", run.toString());
        return new Agent(lab, file, lab.start(Place.HOST, LOG, words));
    }

    /** Replaces the policy by a rename, as editors do; returns the time of the rename by {@link System#nanoTime}. */
    long edit(String policy) throws IOException {
        return replace(file, policy);
    }

    private static long replace(Path file, String policy) throws IOException {
        var fresh = file.resolveSibling("." + file.getFileName() + ".new");
        Files.writeString(fresh, policy);
        Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rw-r--r--"));
        long moment = System.nanoTime();
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        return moment;
    }

    /** Waits until the agent reports that it is ready. */
    boolean awaitReady() throws InterruptedException {
        long end = System.nanoTime() + START.toNanos();
        while (child.isAlive() && System.nanoTime() < end) {
            if (get("/health/ready").startsWith("HTTP/1.1 200")) {
                return true;
            }
            Thread.sleep(50);
        }
        return false;
    }

    /** Sends a GET request from the monitoring host. */
    String get(String path) {
        return lab.from(Place.MONITOR)
                .get(Outpost.ANY_SOURCE, Place.HOST.address(Family.V4), Door.METRICS, path, PATIENCE)
                .join();
    }

    /** Waits until the metric has the value. */
    boolean awaitMetric(String name, double value) throws InterruptedException {
        long end = System.nanoTime() + METRIC.toNanos();
        while (System.nanoTime() < end) {
            var seen = metric(get("/metrics"), name);
            if (seen.isPresent() && seen.getAsDouble() == value) {
                return true;
            }
            Thread.sleep(50);
        }
        return false;
    }

    /** The last lines of its log. */
    List<String> lastWords() {
        try {
            var lines = Files.readAllLines(lab.log(LOG));
            return lines.subList(Math.max(0, lines.size() - 12), lines.size());
        } catch (IOException e) {
            return List.of();
        }
    }

    /** The sum of a metric over all its labels. */
    static OptionalDouble metric(String scraped, String name) {
        var sample = Pattern.compile("(?m)^" + name + "(?:\\{[^}]*\\})? ([0-9.eE+-]+)$");
        var values = sample.matcher(scraped)
                .results()
                .map(r -> Double.parseDouble(r.group(1)))
                .toList();
        return values.isEmpty()
                ? OptionalDouble.empty()
                : OptionalDouble.of(
                        values.stream().mapToDouble(Double::doubleValue).sum());
    }
}
