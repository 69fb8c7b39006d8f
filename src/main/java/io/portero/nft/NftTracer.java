package io.portero.nft;

import io.portero.compile.Ruleset;
import io.portero.exec.Child;
import io.portero.exec.Signal;
import io.portero.trace.TracedPacket;
import io.portero.trace.Tracer;
import io.portero.trace.Wanted;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Traces packets with nft.
 *
 * <p>Two processes: {@code nft -i} makes the {@link TraceTable} and owns it, so that the kernel removes the table when
 * this process ends for any reason, because its input then ends. {@code nft monitor trace} reports the packets;
 * {@code timeout} ends it at the latest. If nft crashes on foreign tables (see {@link NftHealth}), it reads only ours;
 * foreign rules are then named by their handle.
 */
public final class NftTracer implements Tracer {
    private static final Duration START = Duration.ofSeconds(20);
    private static final Duration LOOK_EVERY = Duration.ofMillis(20);
    private static final Duration GRACE = Duration.ofSeconds(1);
    private static final String LOST = "# ERROR: We lost some netlink events!";
    private static final String OWN_TABLE_ONLY = "; list table " + Ruleset.TABLE;

    private final NftProgram program;
    private final NftHealth health;
    private final List<String> before;
    private final Clock clock;

    public NftTracer(NftProgram program, Clock clock) {
        this(program, List.of(), clock);
    }

    /** @param before words in front of each program, such as those that start it in another network namespace */
    public NftTracer(NftProgram program, List<String> before, Clock clock) {
        this.program = program;
        this.health = new NftHealth(program, System::nanoTime);
        this.before = List.copyOf(before);
        this.clock = clock;
    }

    /** A line of one of the two programs; none at the end of the output. */
    private record Heard(boolean ofMonitor, @Nullable String line) {}

    /** The trace could not start. */
    private static final class Failed extends Exception {
        private final String why;
        private final boolean crashed;

        Failed(String why, boolean crashed) {
            super(why, null, false, false);
            this.why = why;
            this.crashed = crashed;
        }
    }

    @Override
    public End trace(Wanted wanted, Listener listener) {
        try {
            return attempt(wanted, listener, "");
        } catch (Failed first) {
            if (!first.crashed) {
                return new End.Failed(first.why);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new End.Complete(0);
        }
        try {
            return attempt(wanted, listener, OWN_TABLE_ONLY);
        } catch (Failed second) {
            return new End.Failed(second.why);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new End.Complete(0);
        }
    }

    private End attempt(Wanted wanted, Listener listener, String more) throws Failed, InterruptedException {
        var heard = new LinkedBlockingQueue<Heard>();
        var table = TraceTable.of(ProcessHandle.current().pid());
        try (var monitor = start(monitor(wanted, more), heard, true);
                var owner = start(owner(), heard, false)) {
            awaitMonitor(monitor, heard);
            owner.say(table.making(wanted, clock.instant()) + more);
            owner.say("list table " + table.name());
            awaitTable(table, owner, heard);
            listener.began();
            return new End.Complete(follow(wanted, new TraceAssembly(table, clock), heard, listener));
        } catch (IOException e) {
            throw new Failed(
                    "tracing needs the programs timeout, env (coreutils) and " + program.get() + " (nftables): "
                            + e.getMessage(),
                    false);
        }
    }

    private Child start(List<String> words, BlockingQueue<Heard> heard, boolean isMonitor) throws IOException {
        var all = new ArrayList<>(before);
        all.addAll(words);
        return Child.listenedTo(
                all, line -> heard.add(new Heard(isMonitor, line)), () -> heard.add(new Heard(isMonitor, null)));
    }

    private List<String> monitor(Wanted wanted, String more) {
        var longest = wanted.time().plus(START).toSeconds();
        return List.of("timeout", "--foreground", "-k", "1", longest + "s", program.get(), "monitor", "trace" + more);
    }

    /** nft would write a history of its input into the home directory. */
    private List<String> owner() {
        return List.of("env", "HOME=/nonexistent", "TZ=UTC", program.get(), "-t", "-i");
    }

    private void awaitMonitor(Child monitor, BlockingQueue<Heard> heard) throws Failed, InterruptedException {
        long end = System.nanoTime() + START.toNanos();
        while (!listens(monitor)) {
            if (!monitor.isAlive()) {
                throw failed(monitor, heard);
            }
            if (System.nanoTime() - end > 0) {
                throw new Failed(
                        program.get() + " monitor did not start in time; try again when this host is less busy", false);
            }
            Thread.sleep(LOOK_EVERY);
        }
    }

    private static boolean listens(Child child) {
        var pids = Stream.concat(
                        Stream.of(child.pid()),
                        ProcessHandle.of(child.pid()).stream()
                                .flatMap(ProcessHandle::descendants)
                                .map(ProcessHandle::pid))
                .toList();
        return pids.stream().anyMatch(pid -> NetlinkListening.TRACES.by(pid).orElse(false));
    }

    private void awaitTable(TraceTable table, Child owner, BlockingQueue<Heard> heard)
            throws Failed, InterruptedException {
        long end = System.nanoTime() + START.toNanos();
        while (true) {
            var next = heard.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (next == null) {
                throw new Failed(
                        program.get() + " did not create its table in " + START.toSeconds()
                                + " s; try again when this host is less busy",
                        false);
            }
            if (next.ofMonitor()) {
                continue;
            }
            if (next.line() == null) {
                throw failed(owner, heard);
            }
            if (table.isListedBy(next.line())) {
                return;
            }
            if (next.line().contains("Error")) {
                throw new Failed(sentence(next.line()), false);
            }
        }
    }

    private Failed failed(Child child, BlockingQueue<Heard> heard) throws InterruptedException {
        if (child.await(GRACE)) {
            var fault = Signal.of(child.await()).filter(Signal::isFault);
            if (fault.isPresent()) {
                return new Failed(health.sentence(fault.get()), true);
            }
        }
        var said = new ArrayList<String>();
        var next = heard.poll(GRACE.toMillis(), TimeUnit.MILLISECONDS);
        while (next != null) {
            if (next.line() != null && !next.line().isBlank()) {
                said.add(next.line().strip());
            }
            next = heard.poll(LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
        }
        return new Failed(sentence(said.isEmpty() ? "it ended at once" : String.join("; ", said)), false);
    }

    private String sentence(String line) {
        return line.contains("not permitted") || line.contains("must be root") || line.contains("Permission denied")
                ? "only root may trace packets; run it with sudo"
                : program.get() + " cannot trace here (" + line.strip()
                        + "); it needs Linux 5.12, an nft with an interactive mode (nft -i) and CAP_NET_ADMIN";
    }

    private static int follow(Wanted wanted, TraceAssembly assembly, BlockingQueue<Heard> heard, Listener listener)
            throws InterruptedException {
        long end = System.nanoTime() + wanted.time().toNanos();
        int told = 0;
        while (told < wanted.count()) {
            long now = System.nanoTime();
            boolean over = now - end >= 0;
            var next = over ? heard.poll() : heard.poll(TraceAssembly.SILENCE / 4, TimeUnit.NANOSECONDS);
            if (next != null && next.line() == null || next == null && over) {
                return told + tell(assembly.rest(), wanted.count() - told, listener);
            }
            if (next != null && next.ofMonitor() && next.line() != null) {
                if (next.line().startsWith(LOST)) {
                    listener.lost();
                }
                told += tell(assembly.hear(next.line(), now), wanted.count() - told, listener);
            }
            told += tell(assembly.silent(now), wanted.count() - told, listener);
        }
        return told;
    }

    private static int tell(List<TracedPacket> packets, int most, Listener listener) {
        packets.stream().limit(most).forEach(listener);
        return Math.min(packets.size(), most);
    }
}
