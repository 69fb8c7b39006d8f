package io.portero.nft;

import io.portero.exec.CommandResult;
import io.portero.exec.Conversation;
import io.portero.exec.Conversation.Answer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A long-lived {@code nft -i}: each input line is a separate transaction, all through one netlink socket.
 *
 * <p>On pipes nft prints no prompt and no echo (1.1.3 and 1.1.7). With {@code -j} a listing is one line. After each
 * command the agent sends an invalid word. nft answers it with a syntax error that quotes the word, without a call of
 * the kernel. So all errors before that belong to the command. Belongs to one thread at a time.
 */
final class NftShell implements AutoCloseable {
    /** nft keeps its history in memory, 250 bytes for each line: 2 MB after this many commands. */
    private static final int MOST_COMMANDS = 4_000;

    /** A listing or script of that size leaves nft with a heap a hundred times as large, which it never frees. */
    private static final int LARGE = 200_000;

    private static final String SYNTAX = "Error: ";
    private static final String INCLUDED = "In file included from ";

    private final Conversation nft;
    private final String program;
    private int commands;
    private boolean swollen;

    private NftShell(Conversation nft, String program) {
        this.nft = nft;
        this.program = program;
    }

    /** @param before words that run it elsewhere, such as in a network namespace */
    static NftShell start(List<String> before, String program) throws IOException {
        var words = new ArrayList<>(before);
        words.addAll(List.of(program, "-j", "-p", "-i"));
        // nft writes its history into the home directory.
        return new NftShell(Conversation.start(words, Map.of("HOME", "/nonexistent")), program);
    }

    /**
     * Runs a command; the result is the same as that of a separate process.
     *
     * @param lists whether it prints a listing when it succeeds
     */
    CommandResult run(String command, boolean lists, Duration timeout) {
        long start = System.nanoTime();
        var end = "end_of_" + ++commands;
        var answer = nft.ask(
                command + "\n" + end + "\n", timeout, (errors, endsLine) -> isWhole(errors, endsLine, end, lists));
        return switch (answer) {
            case Answer.Whole(var output, var errors) -> {
                var own = before(errors, end);
                swollen |= output.length() > LARGE;
                yield new CommandResult.Completed(isError(own) ? 1 : 0, output, own, since(start));
            }
            case Answer.Ended(int exitCode, var output, var errors) ->
                new CommandResult.Completed(
                        exitCode == 0 ? 1 : exitCode, output, errors + program + " -i ended", since(start));
            case Answer.Late late -> {
                nft.kill();
                yield new CommandResult.TimedOut(program, timeout);
            }
        };
    }

    /** The syntax error ends with the quoted line and a line that points at the position. */
    private static boolean isWhole(String errors, boolean endsLine, String end, boolean lists) {
        int quoted = quoted(errors, end);
        return quoted >= 0
                && errors.indexOf('\n', quoted + end.length() + 1) >= 0
                && (!lists || endsLine || isError(before(errors, end)));
    }

    private static int quoted(String errors, String end) {
        int at = errors.indexOf("\n" + end + "\n");
        return at < 0 ? at : at + 1;
    }

    private static String before(String errors, String end) {
        int syntax = errors.lastIndexOf(SYNTAX, quoted(errors, end));
        return errors.substring(0, Math.max(0, syntax))
                .lines()
                .filter(line -> !line.startsWith(INCLUDED))
                .map(line -> line + "\n")
                .collect(java.util.stream.Collectors.joining());
    }

    private static boolean isError(String errors) {
        return errors.contains(SYNTAX);
    }

    private static Duration since(long start) {
        return Duration.ofNanos(System.nanoTime() - start);
    }

    /** To be called after a script that it read from a file. */
    void wasGiven(int characters) {
        swollen |= characters > LARGE;
    }

    /** Whether it should be replaced because of its memory use. */
    boolean isWornOut() {
        return swollen || commands > MOST_COMMANDS;
    }

    long pid() {
        return nft.pid();
    }

    boolean isAlive() {
        return nft.isAlive();
    }

    void whenEnded(Runnable ended) {
        nft.whenEnded(ended);
    }

    @Override
    public void close() {
        nft.close();
    }
}
