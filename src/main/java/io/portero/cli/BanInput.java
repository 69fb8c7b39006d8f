package io.portero.cli;

import io.portero.bans.BanOrder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The targets of bans, one on each line: {@code ADDR [TIME [NOTE]]}, separated by blanks.
 *
 * <p>Empty lines are skipped, and so is everything after a {@code #} at the beginning of a word. A byte order mark and
 * carriage returns are ignored.
 *
 * @param good the lines that are valid
 * @param bad a sentence for each invalid line, starting with the line number
 */
record BanInput(List<BanOrder.Wanted> good, List<String> bad) {
    /** A limit above every real list of bans; longer input is a mistake. */
    private static final int MOST = 500_000;

    static BanInput read(InputStream input, Optional<Duration> lasting, String note) throws IOException {
        return read(input, words -> wanted(words, lasting, note));
    }

    /** Parses only the address of each line. */
    static BanInput readAddresses(InputStream input) throws IOException {
        return read(input, words -> new BanOrder.Wanted(BanTarget.parse(words.getFirst()), Optional.empty(), ""));
    }

    private interface Parser {
        BanOrder.Wanted parse(List<String> words) throws BanTarget.NotATarget, BanDuration.NotADuration;
    }

    private static BanInput read(InputStream input, Parser parser) throws IOException {
        var good = new ArrayList<BanOrder.Wanted>();
        var bad = new ArrayList<String>();
        var reader = new BufferedReader(new InputStreamReader(input, StandardCharsets.UTF_8));
        int number = 0;
        for (var line = reader.readLine(); line != null; line = reader.readLine()) {
            number++;
            if (number > MOST) {
                throw new IOException("it has more than " + MOST + " lines");
            }
            var words = words(line);
            if (!words.isEmpty()) {
                try {
                    good.add(parser.parse(words));
                } catch (BanTarget.NotATarget | BanDuration.NotADuration e) {
                    bad.add("line " + number + ": " + e.getMessage());
                }
            }
        }
        return new BanInput(List.copyOf(good), List.copyOf(bad));
    }

    private static List<String> words(String line) {
        var text = line.startsWith("\uFEFF") ? line.substring(1) : line;
        var plain = (" " + text).replaceFirst("\\s#.*", "").strip();
        return plain.isEmpty() ? List.of() : List.of(plain.split("\\s+", 3));
    }

    private static BanOrder.Wanted wanted(List<String> words, Optional<Duration> lasting, String note)
            throws BanTarget.NotATarget, BanDuration.NotADuration {
        var what = BanTarget.parse(words.getFirst());
        Optional<Duration> time = lasting;
        if (words.size() > 1) {
            try {
                time = BanDuration.parse(words.get(1));
            } catch (BanDuration.NotADuration e) {
                throw new BanDuration.NotADuration("\"" + words.get(1) + "\" is not a time: " + e.getMessage());
            }
        }
        return new BanOrder.Wanted(what, time, words.size() > 2 ? words.get(2) : note);
    }
}
