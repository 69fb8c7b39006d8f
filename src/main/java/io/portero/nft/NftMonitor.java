package io.portero.nft;

import io.portero.compile.Ruleset;
import io.portero.drift.Culprit;
import io.portero.drift.ForeignChain;
import io.portero.drift.ForeignChains;
import io.portero.drift.ForeignChange;
import io.portero.drift.TableWatch;
import io.portero.exec.Child;
import io.portero.exec.CommandRunner;
import io.portero.exec.Signal;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Listens to the kernel's own account of changes, through {@code nft monitor}.
 *
 * <p>The program is started again whenever it ends, at once and then after longer and longer waits; also when it says that
 * the kernel told more than it could hear, when it does not tell of a change of our own ({@link Deafness}), and when
 * somebody found a change that it did not tell of. After each start, whoever is woken should look for himself.
 */
public final class NftMonitor implements TableWatch, CommitListener, AutoCloseable {
    private static final System.Logger LOG = System.getLogger("portero");
    /** From its start to its subscription nft 1.0.6 takes a few milliseconds. */
    private static final Duration SETTLING = Duration.ofMillis(200);

    private static final Duration GRACE = Duration.ofSeconds(1);
    private static final Duration FIRST_WAIT = Duration.ofMillis(100);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);
    /** One that lived so long may be replaced at once. */
    private static final Duration LEAST = Duration.ofSeconds(1);
    /** One that lived so long did not fail at its start. */
    private static final Duration HEALTHY = Duration.ofSeconds(30);

    private static final int CHANGES_KEPT = 100;

    private final NftProgram program;
    private final NftHealth health;
    private final CommandRunner runner;
    private final OwnChanges own;
    private final ForeignChains foreignChains;
    private final LongSupplier nanoTime;
    private volatile Runnable onNews = () -> {};

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<ForeignChange> seen = new ArrayList<>();
    private final Thread supervisor =
            Thread.ofPlatform().daemon().name("nft monitor").unstarted(this::supervise);
    private boolean closed;
    private boolean ended;
    private Optional<String> useless = Optional.empty();
    private final Deafness deafness;
    private int run;
    private volatile String lastWords = "";
    /** Whether it has to be started again for what it always does, and not for a fault. */
    private volatile boolean inOrder;
    /** Whether a signal killed it, which is told elsewhere. */
    private volatile boolean crashed;

    private volatile boolean listening;
    private final AtomicLong restarts = new AtomicLong();

    public NftMonitor(
            NftProgram program,
            NftHealth health,
            CommandRunner runner,
            OwnChanges own,
            ForeignChains foreignChains,
            LongSupplier nanoTime) {
        this.program = program;
        this.health = health;
        this.runner = runner;
        this.own = own;
        this.foreignChains = foreignChains;
        this.nanoTime = nanoTime;
        this.deafness = new Deafness(nanoTime);
    }

    /** @param onNews told that there is something to be taken, or that a look is due; returns at once */
    public void start(Runnable onNews) {
        this.onNews = onNews;
        program.whenChanged(this::beginAnew);
        supervisor.start();
    }

    /** Whether changes are heard of as they happen. */
    public boolean isListening() {
        return listening;
    }

    /** How often it had to be started again for a fault. */
    public long restarts() {
        return restarts.get();
    }

    @Override
    public Commit begins() {
        own.begin();
        lock.lock();
        try {
            var mark = deafness.mark();
            return done -> ended(mark, done);
        } finally {
            lock.unlock();
        }
    }

    private void ended(Deafness.Mark begun, boolean done) {
        if (!done) {
            own.failed();
            return;
        }
        lock.lock();
        try {
            deafness.expect(begun);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public List<ForeignChange> take() {
        lock.lock();
        try {
            var taken = List.copyOf(seen);
            seen.clear();
            return taken;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void missed() {
        lock.lock();
        try {
            if (listening) {
                giveUp("it does not tell what happens");
            }
        } finally {
            lock.unlock();
        }
    }

    /** Another nft is to be used from now on. */
    private void beginAnew() {
        lock.lock();
        try {
            inOrder = true;
            giveUp("another nft is to be used");
        } finally {
            lock.unlock();
        }
    }

    /** Has it started again. */
    private void giveUp(String why) {
        useless = Optional.of(why);
        changed.signalAll();
    }

    private void supervise() {
        var wait = FIRST_WAIT;
        try {
            while (!isClosed()) {
                long start = nanoTime.getAsLong();
                listen();
                if (isClosed()) {
                    return;
                }
                boolean expected = inOrder;
                long lived = nanoTime.getAsLong() - start;
                if (expected || lived > HEALTHY.toNanos()) {
                    wait = FIRST_WAIT;
                }
                if (expected && lived > LEAST.toNanos()) {
                    continue; // what happens meanwhile is not heard
                }
                restarts.addAndGet(expected ? 0 : 1);
                LOG.log(
                        expected || crashed ? System.Logger.Level.DEBUG : System.Logger.Level.WARNING,
                        program.get() + " monitor is started again in " + wait.toMillis() + " ms, for " + why()
                                + "; until then foreign changes are found by the periodic look only");
                Thread.sleep(wait);
                wait = wait.multipliedBy(2).compareTo(LONGEST_WAIT) < 0 ? wait.multipliedBy(2) : LONGEST_WAIT;
            }
        } catch (InterruptedException e) {
            // It is time to stop.
        }
    }

    private String why() {
        lock.lock();
        try {
            return useless.orElse("it ended" + (lastWords.isEmpty() ? "" : " (" + lastWords + ")"));
        } finally {
            lock.unlock();
        }
    }

    /** Starts it and stays until it is of no more use. */
    private void listen() throws InterruptedException {
        int thisRun = begin();
        var parser = new MonitorParser();
        var more = health.mustReadOwnTableOnly() ? "; list table " + Ruleset.TABLE : "";
        var which = program.get();
        try (var child =
                Child.listenedTo(List.of(which, "monitor" + more), line -> hear(parser, line), () -> end(thisRun))) {
            await(SETTLING);
            listening = child.isAlive();
            if (listening) {
                heeds();
                HookList.read(runner, which, more).ifPresent(foreignChains::found);
                onNews.run();
                awaitEnd();
            }
            listening = false;
            noteDeath(which, child);
        } catch (IOException e) {
            lastWords = String.valueOf(e.getMessage());
        } finally {
            listening = false;
        }
    }

    private void heeds() {
        lock.lock();
        try {
            deafness.listens();
        } finally {
            lock.unlock();
        }
    }

    /** A fault of nft is counted and told with its remedy; its output ends a moment before the process does. */
    private void noteDeath(String which, Child child) throws InterruptedException {
        var signal = child.await(hasEnded() ? GRACE : Duration.ZERO)
                ? Signal.of(child.await()).filter(Signal::isFault)
                : Optional.<Signal>empty();
        crashed = signal.isPresent();
        signal.ifPresent(s -> health.died(which, s));
    }

    private int begin() {
        lock.lock();
        try {
            run++;
            deafness.starts();
            ended = false;
            useless = Optional.empty();
            inOrder = false;
            crashed = false;
            lastWords = "";
            return run;
        } finally {
            lock.unlock();
        }
    }

    private void end(int which) {
        lock.lock();
        try {
            ended |= which == run; // an earlier one may take its time to end
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void await(Duration time) throws InterruptedException {
        lock.lock();
        try {
            long left = time.toNanos();
            while (left > 0 && !ended && !closed) {
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    private void awaitEnd() throws InterruptedException {
        lock.lock();
        try {
            while (!ended && !closed && useless.isEmpty()) {
                var left = deafness.left();
                if (left.isEmpty()) {
                    changed.await();
                } else if (left.get().isPositive()) {
                    changed.awaitNanos(left.get().toNanos());
                } else {
                    giveUp("it does not tell what happens");
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private void hear(MonitorParser parser, String line) {
        switch (parser.read(line)) {
            case MonitorParser.Said.More more -> {}
            case MonitorParser.Said.Ended(Generation generation) -> ended(generation);
            case MonitorParser.Said.Lost lost -> lost();
            case MonitorParser.Said.ChainMade(ForeignChain chain) -> foreignChains.came(chain);
            case MonitorParser.Said.ChainGone(String chain) -> foreignChains.went(chain);
            case MonitorParser.Said.Other(String words) -> {
                if (!words.isBlank()) {
                    lastWords = words.strip();
                }
            }
        }
    }

    /** What else is lost until it has caught up, nobody would say; a new one starts with nothing to catch up on. */
    private void lost() {
        lock.lock();
        try {
            giveUp("the kernel told of more changes than it could hear");
        } finally {
            lock.unlock();
        }
    }

    private void ended(Generation generation) {
        lock.lock();
        try {
            deafness.hears();
            if (generation.blurred()) {
                inOrder = true;
                giveUp("it has lost track of sets, as nft 1.0.6 does when one is deleted");
            }
            if (!generation.touchesOurs() || own.isOurs(generation.pid(), generation.program())) {
                return;
            }
            if (seen.size() >= CHANGES_KEPT) {
                seen.removeFirst();
            }
            seen.add(new ForeignChange(
                    nanoTime.getAsLong(),
                    new Culprit(generation.program(), generation.pid()),
                    generation.ours(),
                    generation.touched(),
                    generation.tableGone()));
        } finally {
            lock.unlock();
        }
        onNews.run();
    }

    private boolean hasEnded() {
        lock.lock();
        try {
            return ended;
        } finally {
            lock.unlock();
        }
    }

    private boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        supervisor.interrupt();
        try {
            supervisor.join(Duration.ofSeconds(3));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
