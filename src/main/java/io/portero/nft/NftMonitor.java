package io.portero.nft;

import io.portero.drift.Culprit;
import io.portero.drift.ForeignChain;
import io.portero.drift.ForeignChains;
import io.portero.drift.ForeignChange;
import io.portero.drift.TableWatch;
import io.portero.exec.CommandRunner;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Receives the kernel's change events through {@code nft monitor}, and selects changes by others to our table.
 *
 * <p>The program is {@link MonitorSupervisor kept running}. It is also replaced when it reports lost events, and when
 * it misses a change, of our own or found by a look ({@link Deafness}). After each start the loop should look at the
 * table itself.
 */
public final class NftMonitor implements TableWatch, CommitListener, AutoCloseable {
    private static final int CHANGES_KEPT = 100;

    private final CommandRunner runner;
    private final OwnChanges own;
    private final ForeignChains foreignChains;
    private final LongSupplier nanoTime;
    private final MonitorSupervisor supervisor;
    private final Deafness deafness;
    private volatile Runnable onNews = () -> {};
    /** Changes by others that were not taken yet; also used as the lock. */
    private final List<ForeignChange> seen = new ArrayList<>();

    public NftMonitor(
            NftProgram program,
            NftHealth health,
            CommandRunner runner,
            OwnChanges own,
            ForeignChains foreignChains,
            LongSupplier nanoTime) {
        this.runner = runner;
        this.own = own;
        this.foreignChains = foreignChains;
        this.nanoTime = nanoTime;
        this.deafness = new Deafness(nanoTime);
        this.supervisor = new MonitorSupervisor(program, health, nanoTime, listener());
    }

    private MonitorSupervisor.Listener listener() {
        return new MonitorSupervisor.Listener() {
            @Override
            public Consumer<String> starts() {
                deafness.starts();
                var parser = new MonitorParser();
                return line -> hear(parser, line);
            }

            @Override
            public void listens(String nft, String more) {
                deafness.listens();
                HookList.read(runner, nft, more).ifPresent(foreignChains::found);
                onNews.run();
            }

            @Override
            public Optional<Duration> patience() {
                return deafness.left();
            }
        };
    }

    /** @param onNews called when there are changes to take or a look is due; returns at once */
    public void start(Runnable onNews) {
        this.onNews = onNews;
        supervisor.start();
    }

    /** Whether changes are reported as they happen. */
    public boolean isListening() {
        return supervisor.isListening();
    }

    /** How often it had to be started again for a fault. */
    public long restarts() {
        return supervisor.restarts();
    }

    @Override
    public Commit begins() {
        own.begin();
        var mark = deafness.mark();
        return done -> ended(mark, done);
    }

    private void ended(Deafness.Mark begun, boolean done) {
        if (done) {
            deafness.expect(begun);
            supervisor.wake();
        } else {
            own.failed();
        }
    }

    @Override
    public List<ForeignChange> take() {
        synchronized (seen) {
            var taken = List.copyOf(seen);
            seen.clear();
            return taken;
        }
    }

    @Override
    public void missed() {
        synchronized (seen) {
            if (seen.isEmpty()) { // otherwise it has reported meanwhile
                deafness.isFound();
            }
        }
        supervisor.wake();
    }

    private void hear(MonitorParser parser, String line) {
        switch (parser.read(line)) {
            case MonitorParser.Said.More more -> {}
            case MonitorParser.Said.Ended(Generation generation) -> ended(generation);
            // More events may be lost before it has caught up, without a report; a new monitor starts without a
            // backlog.
            case MonitorParser.Said.Lost lost ->
                supervisor.giveUp("it lost messages, because the kernel sent them too fast");
            case MonitorParser.Said.ChainMade(ForeignChain chain) -> foreignChains.came(chain);
            case MonitorParser.Said.ChainGone(String chain) -> foreignChains.went(chain);
            case MonitorParser.Said.Other(String words) -> {
                if (!words.isBlank()) {
                    supervisor.says(words.strip());
                }
            }
        }
    }

    private void ended(Generation generation) {
        deafness.hears();
        if (generation.blurred()) {
            supervisor.replace("it reports an unknown set, as nft 1.0.6 does after a set is deleted");
        }
        if (generation.touchesOurs() && !own.isOurs(generation.pid(), generation.program())) {
            keep(new ForeignChange(
                    nanoTime.getAsLong(),
                    new Culprit(generation.program(), generation.pid()),
                    generation.ours(),
                    generation.touched(),
                    generation.tableGone()));
            onNews.run();
        }
    }

    private void keep(ForeignChange change) {
        synchronized (seen) {
            if (seen.size() >= CHANGES_KEPT) {
                seen.removeFirst();
            }
            seen.add(change);
            deafness.hearsOfOthers();
        }
    }

    @Override
    public void close() {
        supervisor.close();
    }
}
