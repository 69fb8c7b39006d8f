package io.portero.bans;

import io.portero.bans.BanMemory.Remembered;
import io.portero.policy.AddressRange;
import io.portero.policy.Ip;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * The file of bans.
 *
 * <p>Its first line names the boot in which they were seen. Then come {@code lifted WHAT} for targets that must be
 * removed from the kernel, and {@code ban UNTIL WHAT OWNER FORCED NOTE}, separated by tabs. {@code UNTIL} is a time or
 * {@code ever}, and {@code FORCED} is {@code forced} or a dash. Earlier versions wrote {@code UNTIL ADDRESS COMMENT}.
 * Other lines are skipped.
 */
final class BanText {
    private static final String BOOT = "boot ";
    private static final String EARLIER = "before";
    private static final String EVER = "ever";
    private static final String LIFTED = "lifted ";
    private static final String BAN = "ban\t";
    private static final String FORCED = "forced";
    private static final int WORDS = 6;

    private BanText() {}

    static String of(Remembered remembered, String boot) {
        var text = new StringBuilder(BOOT)
                .append(remembered.rebooted() ? EARLIER : boot)
                .append('\n');
        remembered.lifted().forEach(what -> text.append(LIFTED).append(what).append('\n'));
        remembered
                .bans()
                .all()
                .forEach(ban -> text.append(BAN)
                        .append(ban.until().map(Instant::toString).orElse(EVER))
                        .append('\t')
                        .append(ban.what())
                        .append('\t')
                        .append(ban.by())
                        .append('\t')
                        .append(ban.forced() ? FORCED : "-")
                        .append('\t')
                        .append(ban.note())
                        .append('\n'));
        return text.toString();
    }

    static Remembered parse(String text, String boot) {
        var bans = new ArrayList<Ban>();
        var lifted = new TreeSet<AddressRange>();
        text.lines().forEach(line -> {
            if (line.startsWith(LIFTED)) {
                range(line.substring(LIFTED.length())).ifPresent(lifted::add);
            } else if (line.startsWith(BAN)) {
                ban(List.of(line.split("\t", WORDS))).ifPresent(bans::add);
            } else if (!line.startsWith(BOOT)) {
                old(line).ifPresent(bans::add);
            }
        });
        return new Remembered(BanList.of(bans), lifted, !text.startsWith(BOOT + boot + "\n"));
    }

    private static Optional<Ban> ban(List<String> words) {
        try {
            return words.size() < WORDS
                    ? Optional.empty()
                    : Optional.of(new Ban(
                            AddressRange.parse(words.get(2)),
                            Owner.parse(words.get(3)),
                            until(words.get(1)),
                            words.get(4).equals(FORCED),
                            words.get(5)));
        } catch (Ip.NotAnAddress | DateTimeException | Owner.NotAnOwner e) {
            return Optional.empty();
        }
    }

    private static Optional<Ban> old(String line) {
        var words = line.split(" ", 3);
        try {
            return words.length < 2
                    ? Optional.empty()
                    : Optional.of(Ban.told(
                            AddressRange.of(Ip.parse(words[1])), until(words[0]), words.length < 3 ? "" : words[2]));
        } catch (Ip.NotAnAddress | DateTimeException e) {
            return Optional.empty();
        }
    }

    private static Optional<Instant> until(String word) {
        return word.equals(EVER) ? Optional.empty() : Optional.of(Instant.parse(word));
    }

    private static Optional<AddressRange> range(String text) {
        try {
            return Optional.of(AddressRange.parse(text));
        } catch (Ip.NotAnAddress e) {
            return Optional.empty();
        }
    }
}
