package io.portero.nft;

import io.portero.apply.DroppedSource;
import io.portero.apply.Failure;
import io.portero.apply.Firewall;
import io.portero.compile.NamedSet;
import io.portero.compile.Ruleset;
import io.portero.exec.CommandResult;
import io.portero.exec.CommandRunner;
import io.portero.plan.IntervalSets;
import io.portero.plan.Snapshot;
import io.portero.plan.Statement;
import io.portero.plan.Step;
import io.portero.plan.TimedChange;
import io.portero.plan.TimedMember;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The kernel's nf_tables, through one {@code nft} process for each call, or one long-lived process if the table is
 * {@link Sealing sealed}.
 *
 * <p>A commit is one {@code nft -f -}, so one netlink batch, which the kernel applies atomically. Cost with nft 1.0.6:
 * a few milliseconds, and about 10 microseconds for each member that all sets of the kernel hold, since nft reads them
 * all into its cache. If nft crashes on foreign tables, it is made to read only ours, see {@link NftHealth}.
 */
public final class NftFirewall implements Firewall {
    private static final List<String> TABLE = List.of("inet", "portero");

    private final NftCalls calls;
    private final NftHealth health;
    private final CommitListener listener;
    private final FormKeeper form;
    private final ArrayLookup arrays = new ArrayLookup();
    /** What was last read of the table for bans, until its members change. */
    private volatile Optional<Snapshot> bans = Optional.empty();

    /** With the nft found in the path. */
    public NftFirewall(CommandRunner runner) {
        this(runner, NftProgram.only(runner, "nft"));
    }

    public NftFirewall(CommandRunner runner, NftProgram program) {
        this(runner, program, new NftHealth(program, System::nanoTime), CommitListener.NOBODY);
    }

    public NftFirewall(CommandRunner runner, NftProgram program, NftHealth health, CommitListener listener) {
        this(runner, program, health, listener, FormKeeper.PLAIN);
    }

    /** Keeps the form that the table has in the kernel. */
    public NftFirewall(CommandRunner runner, NftProgram program, KernelForm form) {
        this(runner, program, new NftHealth(program, System::nanoTime), CommitListener.NOBODY, form);
    }

    /** Seals the table where possible. */
    public NftFirewall(Sealing sealing, NftProgram program, NftHealth health, CommitListener listener) {
        this(sealing, program, health, listener, sealing);
    }

    private NftFirewall(
            CommandRunner runner, NftProgram program, NftHealth health, CommitListener listener, FormKeeper form) {
        this.calls = new NftCalls(runner, program, health, Ruleset.TABLE);
        this.health = health;
        this.listener = listener;
        this.form = form;
    }

    @Override
    public Reading<Snapshot> read() {
        var reading = snapshot(TABLE);
        if (reading instanceof Reading.Of<Snapshot>(var own)
                && (TableForm.isSealed(own) || form.makesForm() && form.get() == TableForm.SEALED)) {
            reading = withBans(own);
        }
        if (reading instanceof Reading.Of<Snapshot>(var whole)) {
            form.saw(whole);
        }
        return reading;
    }

    private Reading<Snapshot> snapshot(List<String> table) {
        return calls.list(List.of("-j", "-p", "list", "table"), table, Snapshot.ABSENT, NftJson::snapshot);
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
        var result = calls.sparing(
                () -> calls.run(List.of("-j", "list", "counters", "table"), TABLE, ""),
                () -> calls.run(List.of("-j", "-t", "list", "table"), TABLE, ""));
        return calls.read(result, Map.of(), NftJson::counters);
    }

    @Override
    public Reading<List<TimedMember>> members(String set) {
        var more = Stream.concat(words(form.get().tableOf(set)).stream(), Stream.of(set))
                .toList();
        return switch (calls.run(List.of("-j", "list", "set"), more, "")) {
            case CommandResult.Completed done when done.succeeded() -> calls.parsed(done.output(), NftJson::members);
            case CommandResult.Completed done
            when NftFailure.isAbsent(done) ->
                new Reading.Failed<>(new Failure(
                        Failure.Kind.REJECTED,
                        "Portero's set " + set + " is not in the kernel; start the agent first: systemctl"
                                + " start portero"));
            case CommandResult result -> new Reading.Failed<>(NftFailure.of(result, health));
        };
    }

    @Override
    public Reading<List<DroppedSource>> dropped(NamedSet.Seen set) {
        var more = Stream.concat(TABLE.stream(), Stream.of(set.name())).toList();
        return calls.list(
                List.of("-j", "-p", "list", "set"), more, List.of(), text -> NftJson.dropped(text, set.memory()));
    }

    @Override
    public Optional<Failure> commit(List<? extends Statement> transaction) {
        var commit = listener.begins();
        var failure = load(form.get().script(transaction, bans, form.flags()));
        if (transaction.stream().anyMatch(s -> s instanceof TimedChange change && BansTable.holds(change.set()))) {
            bans = Optional.empty();
        }
        commit.ended(failure.isEmpty() && changesForSure(transaction));
        return failure;
    }

    /** If nothing changes, the kernel makes no new generation and sends no event. */
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
        return calls.load(script);
    }

    @Override
    public Optional<Failure> remove() {
        if (form.get() == TableForm.SEALED) {
            calls.run(List.of("delete", "table"), words(Ruleset.BANS_TABLE), "");
        }
        return calls.remove();
    }
}
