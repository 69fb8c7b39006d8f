package io.portero.reconcile;

import io.portero.apply.FakeFirewall;
import io.portero.config.PolicyReader;
import io.portero.drift.DriftWatch;
import io.portero.drift.TableWatch;
import io.portero.events.Event;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** A reconciler with a kernel and a host in memory, and with clocks that a test sets; its files are real. */
final class InMemoryAgent {
    final Path file;
    final FakeFirewall firewall = new FakeFirewall();
    final FakeHost host = new FakeHost();
    final List<Event> events = new ArrayList<>();
    Instant now = Instant.parse("2026-01-01T00:00:00Z");

    private final Path directory;
    private final AtomicLong nanoTime = new AtomicLong();

    InMemoryAgent(Path directory) throws IOException {
        this.directory = directory;
        this.file = directory.resolve("portero.yaml");
        Files.createDirectories(directory.resolve("run"));
    }

    void policy(String text) throws IOException {
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    }

    /** As after a restart: only the kernel and the directories are left. */
    Reconciler start() {
        var clock = new TestClock();
        return new Reconciler(
                file,
                new PolicyReader(),
                firewall,
                DriftWatch.over(TableWatch.DEAF, System::nanoTime),
                host,
                Keeping.in(directory.resolve("state"), directory.resolve("run"), clock, nanoTime::get),
                clock,
                List.of((event, status) -> events.add(event)));
    }

    void timePasses(Duration time) {
        nanoTime.addAndGet(time.toNanos());
    }

    private final class TestClock extends Clock {
        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    }
}
