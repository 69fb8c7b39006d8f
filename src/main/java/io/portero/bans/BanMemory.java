package io.portero.bans;

import io.portero.plan.TimedMember;
import io.portero.policy.Ip;
import io.portero.state.OneAtATime;
import io.portero.state.StateDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Remembers bans, so that they outlast the table, the agent and the boot.
 *
 * <p>One line for each in the state directory's file {@code bans}, {@code UNTIL ADDRESS NOTE}, {@code UNTIL} being a time or
 * {@code ever}; the first line names the boot in which they were seen, and {@code lifted ADDRESS} is to be taken out of the
 * kernel. Lines that say anything else are passed over. The agent and commands change it one at a time.
 */
public final class BanMemory {
    private static final String FILE = "bans";
    private static final String BOOT = "boot ";
    private static final String EARLIER = "before";
    private static final String EVER = "ever";
    private static final String LIFTED = "lifted";
    /** More than 500,000 bans take. */
    private static final long LARGEST = 64L << 20;

    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

    private final StateDirectory state;
    private final Clock clock;
    private final String boot;
    /** What could not be written. */
    private @Nullable Remembered unwritten;

    public BanMemory(StateDirectory state, Clock clock) {
        this(state, clock, bootId());
    }

    BanMemory(StateDirectory state, Clock clock, String boot) {
        this.state = state;
        this.clock = clock;
        this.boot = boot;
    }

    private static String bootId() {
        try {
            return Files.readString(BOOT_ID).strip();
        } catch (IOException e) {
            return "unknown";
        }
    }

    /**
     * What is remembered.
     *
     * @param lifted addresses that a command was to take out of the kernel, where nft did not do it
     * @param rebooted whether it was written down in another boot, which the kernel's sets did not outlast
     */
    public record Remembered(SortedMap<Ip, Ban> bans, SortedSet<Ip> lifted, boolean rebooted) {
        static final Remembered NOTHING = new Remembered(new TreeMap<>(), new TreeSet<>(), false);

        public Remembered {
            bans = Collections.unmodifiableSortedMap(new TreeMap<>(bans));
            lifted = Collections.unmodifiableSortedSet(new TreeSet<>(lifted));
        }

        Remembered(SortedMap<Ip, Ban> bans, boolean rebooted) {
            this(bans, new TreeSet<>(), rebooted);
        }

        /** Known to be what the kernel of this boot holds. */
        static Remembered inForce(Map<Ip, Ban> bans) {
            return new Remembered(new TreeMap<>(bans), false);
        }

        Remembered with(Ban ban) {
            var more = without(ban.address(), false);
            var bans = new TreeMap<>(more.bans());
            bans.put(ban.address(), ban);
            return new Remembered(bans, more.lifted(), rebooted);
        }

        /** @param owed whether the kernel still holds it */
        Remembered without(Ip address, boolean owed) {
            var fewer = new TreeMap<>(bans);
            fewer.remove(address);
            var lifted = new TreeSet<>(this.lifted);
            lifted.remove(address);
            if (owed) {
                lifted.add(address);
            }
            return new Remembered(fewer, lifted, rebooted);
        }
    }

    /** Those that are not over. */
    public synchronized Remembered read() {
        var now = clock.instant();
        var known = unwritten;
        if (known == null) {
            known = state.readAnyway(FILE, LARGEST).map(this::parse).orElse(Remembered.NOTHING);
        }
        var bans = new TreeMap<>(known.bans());
        bans.values().removeIf(b -> b.isOver(now));
        return new Remembered(bans, known.lifted(), known.rebooted());
    }

    /** What a set of bans should hold. */
    public List<TimedMember> members(String set) {
        var now = clock.instant();
        return read().bans().values().stream()
                .filter(b -> b.set().equals(set))
                .map(b -> b.member(now))
                .toList();
    }

    /** Changes it while nobody else does; the reason when that could not be or could not be written down. */
    public synchronized Optional<String> change(Duration patience, Change change) {
        var lock = state.path(FILE + ".lock");
        try {
            Files.createDirectories(state.path("."));
            var failed = new ArrayList<String>();
            var busy = OneAtATime.in(lock, patience, () -> changed(change).ifPresent(failed::add));
            return busy.isPresent() ? busy : failed.stream().findFirst();
        } catch (IOException e) {
            changed(change); // a full disk is no reason not to ban
            return Optional.of("writing " + state.path(FILE) + " failed: " + StateDirectory.reason(e));
        }
    }

    /** From what is remembered to what is to be remembered. */
    @FunctionalInterface
    public interface Change {
        Remembered from(Remembered known);
    }

    private Optional<String> changed(Change change) {
        var known = read();
        var next = change.from(known);
        if (next.equals(known) && unwritten == null) {
            return Optional.empty();
        }
        var failed = state.write(FILE, text(next));
        unwritten = failed.isPresent() ? next : null;
        return failed;
    }

    private String text(Remembered remembered) {
        var text = new StringBuilder(BOOT)
                .append(remembered.rebooted() ? EARLIER : boot)
                .append('\n');
        remembered
                .lifted()
                .forEach(a -> text.append(LIFTED).append(' ').append(a).append('\n'));
        remembered
                .bans()
                .values()
                .forEach(ban -> text.append(ban.until().map(Instant::toString).orElse(EVER))
                        .append(' ')
                        .append(ban.address())
                        .append(' ')
                        .append(ban.note())
                        .append('\n'));
        return text.toString();
    }

    private Remembered parse(String text) {
        var bans = new TreeMap<Ip, Ban>();
        var lifted = new TreeSet<Ip>();
        text.lines().forEach(line -> {
            parseLine(line).ifPresent(b -> bans.put(b.address(), b));
            parseLifted(line).ifPresent(lifted::add);
        });
        return new Remembered(bans, lifted, !text.startsWith(BOOT + boot + "\n"));
    }

    private static Optional<Ip> parseLifted(String line) {
        try {
            return line.startsWith(LIFTED + " ")
                    ? Optional.of(Ip.parse(line.substring(LIFTED.length() + 1)))
                    : Optional.empty();
        } catch (Ip.NotAnAddress e) {
            return Optional.empty();
        }
    }

    private static Optional<Ban> parseLine(String line) {
        var words = line.split(" ", 3);
        try {
            if (words.length < 2 || line.startsWith(BOOT)) {
                return Optional.empty();
            }
            Optional<Instant> until = words[0].equals(EVER) ? Optional.empty() : Optional.of(Instant.parse(words[0]));
            return Optional.of(new Ban(Ip.parse(words[1]), until, words.length < 3 ? "" : words[2]));
        } catch (Ip.NotAnAddress | DateTimeParseException e) {
            return Optional.empty();
        }
    }
}
