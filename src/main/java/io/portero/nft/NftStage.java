package io.portero.nft;

import io.portero.apply.Failure;
import io.portero.apply.Firewall.Count;
import io.portero.apply.Firewall.Reading;
import io.portero.compile.StagedRules;
import io.portero.exec.Command;
import io.portero.exec.CommandResult;
import io.portero.exec.CommandRunner;
import io.portero.stage.StageTable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The table of a staged policy in the kernel, one {@code nft} process for each call. */
public final class NftStage implements StageTable {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final List<String> TABLE = List.of("inet", StagedRules.NAME);

    private final CommandRunner runner;
    private final NftProgram program;
    private final NftHealth health;
    private volatile boolean standing;

    public NftStage(CommandRunner runner, NftProgram program, NftHealth health) {
        this.runner = runner;
        this.program = program;
        this.health = health;
    }

    @Override
    public Optional<Failure> load(String script) {
        var result = run(List.of("-f", "-"), List.of(), script);
        var failure = failure(result);
        standing |= failure.isEmpty();
        return failure;
    }

    @Override
    public Optional<Failure> clear() {
        standing = false;
        var result = run(List.of("delete", "table"), TABLE, "");
        return result instanceof CommandResult.Completed done && NftFailure.isAbsent(done)
                ? Optional.empty()
                : failure(result);
    }

    @Override
    public Reading<Boolean> isThere() {
        return list(List.of("-j", "-t", "list", "table"), false, text -> true);
    }

    @Override
    public Map<String, Count> counters() {
        return standing
                        && this.<Map<String, Count>>list(
                                        List.of("-j", "list", "counters", "table"), Map.of(), NftJson::counters)
                                instanceof Reading.Of<Map<String, Count>>(Map<String, Count> counters)
                ? counters
                : Map.of();
    }

    @Override
    public Reading<Differences> read() {
        return list(List.of("-j", "-p", "list", "table"), Differences.NONE, NftJson::differences);
    }

    private <T> Reading<T> list(List<String> words, T absent, Function<String, T> parse) {
        var result = run(words, TABLE, "");
        if (result instanceof CommandResult.Completed done) {
            if (NftFailure.isAbsent(done)) {
                return new Reading.Of<>(absent);
            }
            if (done.succeeded()) {
                return parsed(done.output(), parse);
            }
        }
        return new Reading.Failed<>(NftFailure.of(result, health));
    }

    private static <T> Reading<T> parsed(String output, Function<String, T> parse) {
        try {
            return new Reading.Of<>(parse.apply(output));
        } catch (Listing.Illegible e) {
            return new Reading.Failed<>(new Failure(
                    Failure.Kind.UNREADABLE,
                    "what nft listed could not be read (" + e.getMessage() + "); see whether nft list table "
                            + StagedRules.TABLE + " works by hand"));
        }
    }

    private Optional<Failure> failure(CommandResult result) {
        return result instanceof CommandResult.Completed done && done.succeeded()
                ? Optional.empty()
                : Optional.of(NftFailure.of(result, health));
    }

    private CommandResult run(List<String> words, List<String> more, String input) {
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
}
