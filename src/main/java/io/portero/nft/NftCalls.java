package io.portero.nft;

import io.portero.apply.Failure;
import io.portero.apply.Firewall.Reading;
import io.portero.exec.Command;
import io.portero.exec.CommandResult;
import io.portero.exec.CommandRunner;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Runs nft for one table and returns the result; a crash by a signal is recorded in {@link NftHealth}.
 *
 * <p>If nft crashes on foreign tables, it is made to read only this table.
 */
final class NftCalls {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    /** Exists for an instant: the kernel removes it with the process that owns it (Linux 5.12). */
    private static final String LEAVING = "inet portero_leaving";

    private final CommandRunner runner;
    private final NftProgram program;
    private final NftHealth health;
    private final String table;

    /** @param table as nft names it, for error messages */
    NftCalls(CommandRunner runner, NftProgram program, NftHealth health, String table) {
        this.runner = runner;
        this.program = program;
        this.health = health;
        this.table = table;
    }

    /** The words that name the table. */
    List<String> table() {
        return List.of(table.split(" "));
    }

    CommandResult run(List<String> words, List<String> more, String input) {
        var all = new ArrayList<String>();
        var which = program.get();
        all.add(which);
        all.addAll(words);
        all.addAll(more);
        var result = runner.run(new Command(all, input, TIMEOUT));
        if (result instanceof CommandResult.Completed done) {
            done.signal().ifPresent(signal -> health.died(which, signal));
        }
        return result;
    }

    <T> Reading<T> list(List<String> words, List<String> what, T absent, Function<String, T> parse) {
        return read(run(words, what, ""), absent, parse);
    }

    /** @param absent the answer where there is nothing to list */
    <T> Reading<T> read(CommandResult result, T absent, Function<String, T> parse) {
        return switch (result) {
            case CommandResult.Completed done when done.succeeded() -> parsed(done.output(), parse);
            case CommandResult.Completed done when NftFailure.isAbsent(done) -> new Reading.Of<>(absent);
            case CommandResult other -> new Reading.Failed<>(NftFailure.of(other, health));
        };
    }

    <T> Reading<T> parsed(String output, Function<String, T> parse) {
        try {
            return new Reading.Of<>(parse.apply(output));
        } catch (Listing.Illegible e) {
            return new Reading.Failed<>(new Failure(
                    Failure.Kind.UNREADABLE,
                    "the output of nft could not be read (" + e.getMessage() + "); check whether nft list table "
                            + table + " works by hand"));
        }
    }

    /** Loads a script as one transaction. */
    Optional<Failure> load(String script) {
        return failure(sparing(() -> load(List.of(), script), () -> load(List.of("-t"), script + listing(table))));
    }

    /** Removes the table; an absent table is no failure. */
    Optional<Failure> remove() {
        var result = sparing(
                () -> run(List.of("delete", "table"), table(), ""),
                () -> load(List.of(), removalBesideATableThatLeaves()));
        return result instanceof CommandResult.Completed done && NftFailure.isAbsent(done)
                ? Optional.empty()
                : failure(result);
    }

    private CommandResult load(List<String> options, String script) {
        return run(options, List.of("-f", "-"), script);
    }

    /** The removed table cannot be listed, so a temporary one is listed, which needs no removal. */
    private String removalBesideATableThatLeaves() {
        return "add table " + LEAVING + " { flags owner; }\ndelete table " + table + "\n" + listing(LEAVING);
    }

    /** As the last command this makes nft read only this table; with -t without the members of its sets. */
    private static String listing(String table) {
        return "list table " + table + "\n";
    }

    /** Runs nft with all tables read; if that crashes it, with our table only. */
    CommandResult sparing(Supplier<CommandResult> withAll, Supplier<CommandResult> withOurs) {
        if (!health.mustReadOwnTableOnly()) {
            var result = withAll.get();
            if (result instanceof CommandResult.Completed done && done.succeeded()) {
                health.livedWithAll();
            }
            if (!health.mustReadOwnTableOnly()) {
                return result;
            }
        }
        return withOurs.get();
    }

    private Optional<Failure> failure(CommandResult result) {
        return result instanceof CommandResult.Completed done && done.succeeded()
                ? Optional.empty()
                : Optional.of(NftFailure.of(result, health));
    }
}
