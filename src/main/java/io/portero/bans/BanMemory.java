package io.portero.bans;

import io.portero.plan.TimedChange;
import io.portero.policy.AddressRange;
import io.portero.policy.Family;
import io.portero.state.DiskWriter;
import io.portero.state.OneAtATime;
import io.portero.state.StateDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Stores bans, so that they survive the table, the agent and a boot: the file {@code bans} of the state directory.
 *
 * <p>The running agent reads the file once, and then only the agent writes it. It writes in the background; of several
 * waiting states only the last is written. While no agent runs, commands use the file under a lock.
 */
public final class BanMemory {
    private static final String FILE = "bans";
    private static final String LOCK = FILE + ".lock";
    /** Room for more than 500,000 bans. */
    private static final long LARGEST = 64L << 20;

    /** A command that bans holds the lock for as long as nft runs. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private static final Duration LATELY = Duration.ofSeconds(30);

    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

    private final StateDirectory state;
    private final DiskWriter writer;
    private final Clock clock;
    private final String boot;
    private final boolean agents;
    private final AtomicBoolean queued = new AtomicBoolean();
    /** The content that should be on disk; null before the file was read. */
    private final AtomicReference<@Nullable Remembered> kept = new AtomicReference<>();

    private volatile boolean unwritten;
    /** The bans that ended recently, with the time when this was noticed. */
    private final Map<AddressRange, Instant> overLately = new ConcurrentHashMap<>();

    private BanMemory(StateDirectory state, DiskWriter writer, Clock clock, boolean agents) {
        this.state = state;
        this.writer = writer;
        this.clock = clock;
        this.agents = agents;
        this.boot = bootId();
    }

    /** @param state only the writer writes to it */
    public static BanMemory ofAgent(StateDirectory state, DiskWriter writer, Clock clock) {
        return new BanMemory(state, writer, clock, true);
    }

    /** For readers, and for holders of the lock. */
    public static BanMemory ofCommand(StateDirectory state, DiskWriter writer, Clock clock) {
        return new BanMemory(state, writer, clock, false);
    }

    private static String bootId() {
        try {
            return Files.readString(BOOT_ID).strip();
        } catch (IOException e) {
            return "unknown";
        }
    }

    /**
     * The stored bans.
     *
     * @param lifted bans that should be removed from the kernel, where nft has failed
     * @param rebooted whether they were written before a reboot, which empties the kernel's sets
     */
    public record Remembered(BanList bans, SortedSet<AddressRange> lifted, boolean rebooted) {
        static final Remembered NOTHING = inForce(BanList.EMPTY);

        public Remembered {
            lifted = Collections.unmodifiableSortedSet(new TreeSet<>(lifted));
        }

        /** Marks the bans as equal to the kernel of this boot. */
        static Remembered inForce(BanList bans) {
            return new Remembered(bans, Collections.emptySortedSet(), false);
        }

        /** @param lifted which lifted bans the kernel still holds */
        Remembered with(BanList next, Set<AddressRange> lifted) {
            var owed = new TreeSet<>(this.lifted);
            owed.addAll(lifted);
            owed.removeIf(what -> !next.of(what).isEmpty());
            return new Remembered(next, owed, rebooted);
        }
    }

    /** The bans that are not over. */
    public Remembered read() {
        var known = kept.updateAndGet(k -> k == null ? load() : k);
        var now = clock.instant();
        var lasting = known.bans().lasting(now);
        if (lasting != known.bans()) {
            overLately.values().removeIf(until -> until.isBefore(now.minus(LATELY)));
            known.bans().all().filter(b -> b.isOver(now)).forEach(b -> overLately.put(b.what(), now));
        }
        return new Remembered(lasting, known.lifted(), known.rebooted());
    }

    /** Whether the kernel, whose clock is a little behind, may still hold ended bans. */
    boolean isOverLately(AddressRange what) {
        var at = overLately.get(what);
        return at != null && !at.isBefore(clock.instant().minus(LATELY));
    }

    /** Waits for a command that uses the file; if that takes too long, its bans are found in the kernel. */
    private Remembered load() {
        if (!agents) {
            return fromDisk();
        }
        var loaded = new AtomicReference<@Nullable Remembered>();
        try {
            OneAtATime.in(state.path(LOCK), PATIENCE, () -> loaded.set(fromDisk()));
        } catch (IOException e) {
            // The file may be readable anyway.
        }
        var found = loaded.get();
        return found == null ? fromDisk() : found;
    }

    private Remembered fromDisk() {
        return state.readAnyway(FILE, LARGEST)
                .map(text -> BanText.parse(text, boot))
                .orElse(Remembered.NOTHING);
    }

    /** The changes that fill those of these sets that hold bans. */
    public List<TimedChange> fill(Set<String> sets) {
        var bans = read().bans();
        var now = clock.instant();
        var changes = new ArrayList<TimedChange>();
        for (var family : Family.values()) {
            if (sets.contains(Ban.hosts(family))) {
                changes.add(new TimedChange.Put(
                        Ban.hosts(family),
                        bans.longestHosts().stream()
                                .filter(b -> b.what().family() == family)
                                .map(b -> b.member(now))
                                .toList(),
                        true));
            }
            if (sets.contains(Ban.networks(family))) {
                changes.add(new TimedChange.Refill(
                        Ban.networks(family),
                        Pieces.of(bans.longestNetworks(family)).members(now)));
            }
        }
        changes.removeIf(c -> c.size() == 0);
        return changes;
    }

    /** Remembers these bans and leaves the write to the writer; retries a write that failed before. */
    public void keep(Remembered next) {
        var before = kept.getAndSet(next);
        if ((unwritten || !next.equals(before)) && !queued.getAndSet(true)) {
            var refused = writer.later(this::write);
            queued.compareAndSet(refused.isPresent(), false);
            unwritten |= refused.isPresent();
        }
    }

    private Optional<String> write() {
        queued.set(false);
        var latest = kept.get();
        var failed = latest == null ? Optional.<String>empty() : state.write(FILE, BanText.of(latest, boot));
        unwritten = failed.isPresent();
        return failed;
    }

    /** Runs the work while no other command uses the file; empty if another command used it for too long. */
    static <T> Optional<T> locked(StateDirectory state, Duration patience, Supplier<T> work) {
        var result = new AtomicReference<@Nullable T>();
        try {
            OneAtATime.in(state.path(LOCK), patience, () -> result.set(work.get()));
        } catch (IOException e) {
            var done = result.get();
            return Optional.of(done == null ? work.get() : done); // a full disk must not prevent a ban
        }
        return Optional.ofNullable(result.get());
    }
}
