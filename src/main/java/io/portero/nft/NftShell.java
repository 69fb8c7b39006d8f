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
 * One {@code nft -i} that runs on: each line that it reads is a transaction of its own, all through one netlink socket.
 *
 * <p>On pipes nft prints no prompt and no echo (1.1.3 and 1.1.7). With {@code -j} a listing is one line. After each command a
 * word follows that no grammar knows: nft answers it with a syntax error that quotes it, without asking the kernel, and so the
 * errors before it are all that the command had. Belongs to one thread at a time.
 */
final class NftShell implements AutoCloseable {
    /** Its history stays in memory, 250 bytes for each line: after so many commands 2 MB. */
    private static final int MOST_COMMANDS = 4_000;

    /** A listing or script of that size leaves nft with a heap of a hundred times as much, which it never gives back. */
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
        // It keeps its history in the home directory.
        return new NftShell(Conversation.start(words, Map.of("HOME", "/nonexistent")), program);
    }

    /**
     * Runs a command; its result is what a process of its own would have had.
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

    /** The syntax error ends with the line that it quotes and one that points at the place. */
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

    /** To be told of a script that it was given in a file. */
    void wasGiven(int characters) {
        swollen |= characters > LARGE;
    }

    /** Whether another one should take its place, for the memory that it holds. */
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
