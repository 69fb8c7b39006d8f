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
 * Listens to the kernel's own account of changes, through {@code nft monitor}, and picks out what others did to our table.
 *
 * <p>The program is {@link MonitorSupervisor kept running}. It is also replaced when it says that the kernel told more than it
 * could hear, and when it does not tell of a change, of our own or found by looking ({@link Deafness}). After each start, whoever is woken should look for himself.
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
    /** What others did and nobody has taken yet; it is its own lock. */
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

    /** @param onNews told that there is something to be taken, or that a look is due; returns at once */
    public void start(Runnable onNews) {
        this.onNews = onNews;
        supervisor.start();
    }

    /** Whether changes are heard of as they happen. */
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
            if (seen.isEmpty()) { // else it told meanwhile
                deafness.isFound();
            }
        }
        supervisor.wake();
    }

    private void hear(MonitorParser parser, String line) {
        switch (parser.read(line)) {
            case MonitorParser.Said.More more -> {}
            case MonitorParser.Said.Ended(Generation generation) -> ended(generation);
            // What else is lost until it has caught up, nobody would say; a new one starts with nothing to catch up on.
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
