package io.portero.nft;

import io.portero.apply.DroppedSource;
import io.portero.apply.Failure;
import io.portero.apply.Firewall;
import io.portero.compile.NamedSet;
import io.portero.compile.Ruleset;
import io.portero.exec.Command;
import io.portero.exec.CommandResult;
import io.portero.exec.CommandRunner;
import io.portero.plan.IntervalSets;
import io.portero.plan.PlanPrinter;
import io.portero.plan.Snapshot;
import io.portero.plan.Statement;
import io.portero.plan.Step;
import io.portero.plan.TimedChange;
import io.portero.plan.TimedMember;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The kernel's nf_tables, one {@code nft} process for each call, or one for all of them where the table is {@link Sealing sealed}.
 *
 * <p>A commit is one {@code nft -f -}, hence one netlink batch, which the kernel takes as a whole. Cost with nft 1.0.6: a
 * few milliseconds, and about 10 microseconds for each member that all sets of the kernel hold, since nft reads them all
 * into its cache. An nft that dies of the tables of others is made to read ours alone, see {@link NftHealth}.
 */
public final class NftFirewall implements Firewall {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final List<String> TABLE = List.of("inet", "portero");

    /** Named for an instant: the kernel takes it away with the process that owns it (Linux 5.12). */
    private static final String LEAVING = "inet portero_leaving";

    private final CommandRunner runner;
    private final NftProgram program;
    private final NftHealth health;
    private final CommitListener listener;
    private final Supplier<TableForm> form;
    private final ArrayLookup arrays = new ArrayLookup();
    /** What was last read of the table for bans, until its members change. */
    private volatile Optional<Snapshot> bans = Optional.empty();

    /** With the nft of the path, whichever it is. */
    public NftFirewall(CommandRunner runner) {
        this(runner, NftProgram.only(runner, "nft"));
    }

    public NftFirewall(CommandRunner runner, NftProgram program) {
        this(runner, program, new NftHealth(program, System::nanoTime), CommitListener.NOBODY);
    }

    public NftFirewall(CommandRunner runner, NftProgram program, NftHealth health, CommitListener listener) {
        this(runner, program, health, listener, () -> TableForm.PLAIN);
    }

    /** With what is found in the kernel, whose form it keeps. */
    public NftFirewall(CommandRunner runner, NftProgram program, KernelForm form) {
        this(runner, program, new NftHealth(program, System::nanoTime), CommitListener.NOBODY, form);
    }

    /** With a table that is sealed where that can be. */
    public NftFirewall(Sealing sealing, NftProgram program, NftHealth health, CommitListener listener) {
        this(sealing, program, health, listener, sealing);
    }

    private NftFirewall(
            CommandRunner runner,
            NftProgram program,
            NftHealth health,
            CommitListener listener,
            Supplier<TableForm> form) {
        this.runner = runner;
        this.program = program;
        this.health = health;
        this.listener = listener;
        this.form = form;
    }

    @Override
    public Reading<Snapshot> read() {
        var reading = snapshot(TABLE);
        if (reading instanceof Reading.Of<Snapshot>(var own)
                && (TableForm.isSealed(own) || runner instanceof Sealing && form.get() == TableForm.SEALED)) {
            reading = withBans(own);
        }
        if (runner instanceof Sealing sealing && reading instanceof Reading.Of<Snapshot>(var whole)) {
            sealing.saw(whole);
        }
        return reading;
    }

    private Reading<Snapshot> snapshot(List<String> table) {
        return list(List.of("-j", "-p", "list", "table"), table, Snapshot.ABSENT, NftJson::snapshot);
    }

    private Reading<Snapshot> withBans(Snapshot own) {
        var reading = snapshot(words(Ruleset.BANS_TABLE));
        if (!(reading instanceof Reading.Of<Snapshot>(var beside))) {
            return reading;
        }
        bans = Optional.of(beside);
        return new Reading.Of<>(own.present() ? BansTable.joined(own, beside) : own);
    }

    private static List<String> words(String table) {
        return List.of(table.split(" "));
    }

    @Override
    public IntervalSets intervalSets() {
        return arrays.isThere() ? IntervalSets.IN_PLACE : IntervalSets.ANEW;
    }

    @Override
    public Reading<Map<String, Count>> counters() {
        var result = sparing(
                () -> run(List.of("-j", "list", "counters", "table"), TABLE, ""),
                () -> run(List.of("-j", "-t", "list", "table"), TABLE, ""));
        return read(result, Map.of(), NftJson::counters);
    }

    @Override
    public Reading<List<TimedMember>> members(String set) {
        var more = Stream.concat(words(form.get().tableOf(set)).stream(), Stream.of(set))
                .toList();
        return switch (run(List.of("-j", "list", "set"), more, "")) {
            case CommandResult.Completed done when done.succeeded() -> parsed(done.output(), NftJson::members);
            case CommandResult.Completed done
            when NftFailure.isAbsent(done) ->
                new Reading.Failed<>(new Failure(
                        Failure.Kind.REJECTED,
                        "the kernel holds no set " + set
                                + " of Portero's; start the agent first: systemctl start portero"));
            case CommandResult result -> new Reading.Failed<>(NftFailure.of(result, health));
        };
    }

    @Override
    public Reading<List<DroppedSource>> dropped(NamedSet.Seen set) {
        var more = Stream.concat(TABLE.stream(), Stream.of(set.name())).toList();
        return list(List.of("-j", "-p", "list", "set"), more, List.of(), text -> NftJson.dropped(text, set.memory()));
    }

    private <T> Reading<T> list(List<String> words, List<String> what, T absent, Function<String, T> parse) {
        return read(run(words, what, ""), absent, parse);
    }

    private <T> Reading<T> read(CommandResult result, T absent, Function<String, T> parse) {
        return switch (result) {
            case CommandResult.Completed done when done.succeeded() -> parsed(done.output(), parse);
            case CommandResult.Completed done when NftFailure.isAbsent(done) -> new Reading.Of<>(absent);
            case CommandResult other -> new Reading.Failed<>(NftFailure.of(other, health));
        };
    }

    private static <T> Reading<T> parsed(String output, Function<String, T> parse) {
        try {
            return new Reading.Of<>(parse.apply(output));
        } catch (Listing.Illegible e) {
            return new Reading.Failed<>(new Failure(
                    Failure.Kind.UNREADABLE,
                    "what nft listed could not be read (" + e.getMessage()
                            + "); see whether nft list table inet portero" + " works by hand"));
        }
    }

    @Override
    public Optional<Failure> commit(List<? extends Statement> transaction) {
        var commit = listener.begins();
        var failure = load(form.get().script(transaction, bans));
        if (transaction.stream().anyMatch(s -> s instanceof TimedChange change && BansTable.holds(change.set()))) {
            bans = Optional.empty();
        }
        commit.ended(failure.isEmpty() && changesForSure(transaction));
        return failure;
    }

    /** Where nothing changes, the kernel makes no new generation and tells of none. */
    private static boolean changesForSure(List<? extends Statement> transaction) {
        return transaction.stream().anyMatch(s -> switch (s) {
            case Step.AddTable table -> false;
            case Step.FlushChain flush -> false;
            case Step.Addition addition -> true;
            case Step.Command command -> true;
            case TimedChange change -> true;
        });
    }

    /** Loads a script as one transaction. */
    public Optional<Failure> load(String script) {
        return failure(sparing(() -> load(List.of(), script), () -> load(List.of("-t"), script + listing())));
    }

    private CommandResult load(List<String> options, String script) {
        return run(options, List.of("-f", "-"), script);
    }

    /** As the last command it makes nft read this table and no other one; with -t without the members of its sets. */
    private static String listing() {
        return "list table " + Ruleset.TABLE + "\n";
    }

    /** What nft does, with all tables read; or, where that kills it, with ours alone. */
    private CommandResult sparing(Supplier<CommandResult> withAll, Supplier<CommandResult> withOurs) {
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

    @Override
    public Optional<Failure> remove() {
        if (form.get() == TableForm.SEALED) {
            run(List.of("delete", "table"), words(Ruleset.BANS_TABLE), "");
        }
        var result = sparing(
                () -> run(List.of("delete", "table"), TABLE, ""),
                () -> load(List.of(), removalBesideATableThatLeaves()));
        return result instanceof CommandResult.Completed done && NftFailure.isAbsent(done)
                ? Optional.empty()
                : failure(result);
    }

    /** A table that is gone cannot be listed, but another one can that nobody has to take away. */
    private static String removalBesideATableThatLeaves() {
        return "add table " + LEAVING + " { flags owner; }\n" + PlanPrinter.removal() + "list table " + LEAVING + "\n";
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
