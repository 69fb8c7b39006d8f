package io.portero.nft;

import io.portero.compile.Ruleset;
import io.portero.exec.Command;
import io.portero.exec.CommandResult;
import io.portero.exec.CommandRunner;
import io.portero.nft.ListedTable.Block;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Converts the table to its other form with all its content, and never leaves the host unprotected.
 *
 * <p>The kernel cannot seal or unseal an existing table, so the table must be created again under its name. Meanwhile a
 * copy, {@code inet portero_bridge}, filters beside it and then in its place; while both exist, their verdicts are
 * equal. Every base chain is created in a transaction of its own, after its sets are filled: otherwise packets would be
 * lost for some milliseconds (at 10,000 members). Counters, members and their remaining time are kept; packets counted
 * between the listing and the change are not.
 */
final class Remaking {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final List<String> TABLE = List.of(Ruleset.TABLE.split(" "));
    private static final List<String> BANS = List.of(Ruleset.BANS_TABLE.split(" "));

    private final CommandRunner runner;
    private final CommandRunner owner;
    private final String nft;

    /**
     * @param runner runs listings
     * @param owner runs changes
     */
    Remaking(CommandRunner runner, CommandRunner owner, String nft) {
        this.runner = runner;
        this.owner = owner;
        this.nft = nft;
    }

    /** The result. */
    sealed interface Result {
        record Done() implements Result {}

        /**
         * An earlier conversion was interrupted after the table got its new form; the copy must stay until the table is
         * complete.
         */
        record Unfinished() implements Result {}

        /** The table keeps its form. */
        record Failed(String why) implements Result {}
    }

    /** Converts the table if it exists. */
    Result to(TableForm form) {
        if (!(list(TABLE) instanceof CommandResult.Completed own)
                || !(list(BANS) instanceof CommandResult.Completed beside)
                || !isAnswer(own)
                || !isAnswer(beside)) {
            return new Result.Failed("nft does not list it");
        }
        if (!own.succeeded()) {
            return form == TableForm.PLAIN ? dropped(Ruleset.BANS_TABLE) : new Result.Done();
        }
        var table = ListedTable.parse(own.output());
        if (!table.isInForce()) {
            return new Result.Unfinished();
        }
        var bans = ListedTable.parse(beside.output());
        dropped(ListedTable.BRIDGE);
        return switch (form) {
            case SEALED -> seal(table);
            case PLAIN -> unseal(table, bans);
        };
    }

    private Result seal(ListedTable table) {
        Predicate<Block> own = b -> !b.isBanSet();
        return steps(
                List.of(
                        table.block(ListedTable.BRIDGE, TableForm.SEALED, TableForm.PLAIN, b -> !b.isHooked()),
                        table.block(ListedTable.BRIDGE, TableForm.SEALED, TableForm.PLAIN, Block::isHooked)),
                List.of(
                        ListedTable.tableDeletion(Ruleset.TABLE)
                                + "add table " + Ruleset.BANS_TABLE + "\n"
                                + ListedTable.tableDeletion(Ruleset.BANS_TABLE)
                                + BansTable.block(ListedTable.banSets(table))
                                + table.block(
                                        Ruleset.TABLE, TableForm.SEALED, TableForm.SEALED, own.and(b -> !b.isHooked())),
                        table.block(Ruleset.TABLE, TableForm.SEALED, TableForm.SEALED, Block::isHooked),
                        ListedTable.tableDeletion(ListedTable.BRIDGE)));
    }

    private Result unseal(ListedTable table, ListedTable bans) {
        var filled = ListedTable.banSets(bans) + table.objects(TableForm.PLAIN, b -> !b.isHooked());
        return steps(
                List.of(
                        ListedTable.block(ListedTable.BRIDGE, TableForm.PLAIN, filled),
                        table.block(ListedTable.BRIDGE, TableForm.PLAIN, TableForm.PLAIN, Block::isHooked)),
                List.of(
                        ListedTable.tableDeletion(Ruleset.TABLE)
                                + ListedTable.block(Ruleset.TABLE, TableForm.PLAIN, filled),
                        table.block(Ruleset.TABLE, TableForm.PLAIN, TableForm.PLAIN, Block::isHooked),
                        ListedTable.tableDeletion(ListedTable.BRIDGE) + ListedTable.tableDeletion(Ruleset.BANS_TABLE)));
    }

    /**
     * After the table itself has changed, the copy stays if a step fails: a later pass completes the table and removes
     * the copy.
     */
    private Result steps(List<String> copy, List<String> change) {
        for (var script : copy) {
            var failure = load(script);
            if (failure.isPresent()) {
                dropped(ListedTable.BRIDGE);
                return new Result.Failed(failure.get());
            }
        }
        var failure = load(change.getFirst());
        if (failure.isPresent()) {
            dropped(ListedTable.BRIDGE);
            return new Result.Failed(failure.get());
        }
        for (var script : change.subList(1, change.size())) {
            if (load(script).isPresent()) {
                return new Result.Unfinished();
            }
        }
        return new Result.Done();
    }

    /** Removes a table of ours, whether or not it exists. */
    Result dropped(String table) {
        var words = new ArrayList<>(List.of(nft, "delete", "table"));
        words.addAll(List.of(table.split(" ")));
        owner.run(new Command(words, "", TIMEOUT));
        return new Result.Done();
    }

    private CommandResult list(List<String> table) {
        var words = new ArrayList<>(List.of(nft, "list", "table"));
        words.addAll(table);
        return runner.run(new Command(words, "", TIMEOUT));
    }

    /** A listing, or nothing if there is no such table. */
    private static boolean isAnswer(CommandResult.Completed listing) {
        return listing.succeeded() || NftFailure.isAbsent(listing);
    }

    private Optional<String> load(String script) {
        return switch (owner.run(new Command(List.of(nft, "-f", "-"), script, TIMEOUT))) {
            case CommandResult.Completed done when done.succeeded() -> Optional.empty();
            case CommandResult.Completed done ->
                Optional.of(done.errors().lines().findFirst().orElse("exit code " + done.exitCode()));
            case CommandResult other -> Optional.of(other.toString());
        };
    }
}
