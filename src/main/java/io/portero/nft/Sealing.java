package io.portero.nft;

import io.portero.compile.Ruleset;
import io.portero.exec.Command;
import io.portero.exec.CommandResult;
import io.portero.exec.CommandRunner;
import io.portero.plan.Snapshot;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * Owns the table through a long-lived {@code nft -i} if nft and kernel support it; otherwise each command is a separate
 * process.
 *
 * <p>A probe with an empty table finds out the support, not version numbers. While the table is owned, every command
 * goes through the owner process. If that ends, it is replaced at once: the table outlives it, and meanwhile any
 * program with CAP_NET_ADMIN may change the table, as if it were not sealed. An owner that answers too late is killed.
 * A table that cannot be sealed stays plain.
 */
public final class Sealing implements CommandRunner, FormKeeper, AutoCloseable {
    private static final System.Logger LOG = System.getLogger("portero");
    /** The table of the last agent cannot be changed without an owner, so it needs one soon. */
    private static final Duration TRIED_AGAIN_AFTER = Duration.ofSeconds(1);

    private static final Duration TRIED_AGAIN_WITHIN = Duration.ofMinutes(1);

    private final CommandRunner single;
    private final NftProgram program;
    private final List<String> before;
    private final Path scratch;
    private final LongConsumer pids;
    private final LongSupplier nanoTime;
    private final FormChange form;
    /** For operators whose policy is refused, and for tests of an unsealed table. */
    private final boolean forbidden = "never".equals(System.getenv("PORTERO_SEALED"));

    private volatile boolean allowed = !forbidden;
    private volatile SealDecision decision = SealDecision.NONE;

    private Optional<TableOwner> owner = Optional.empty();
    /** Whether the nft in use has passed the probe. */
    private boolean isKnownToOwn;

    /** How long the next failure waits; each one doubles it. */
    private Duration patience = TRIED_AGAIN_AFTER;

    private boolean closed;

    /**
     * @param single runs each command in a process of its own
     * @param before words in front of the owner's, such as those that enter a network namespace
     * @param scratch a directory that only we write to
     * @param pids told the owner's process id before each change
     */
    public Sealing(
            CommandRunner single,
            NftProgram program,
            List<String> before,
            Path scratch,
            LongConsumer pids,
            LongSupplier nanoTime) {
        this.single = single;
        this.program = program;
        this.before = List.copyOf(before);
        this.scratch = scratch;
        this.pids = pids;
        this.nanoTime = nanoTime;
        this.form = new FormChange(single);
    }

    /** From now on the policy allows it or forbids it; {@code PORTERO_SEALED=never} forbids it whatever the policy says. */
    public void allow(boolean sealed) {
        allowed = sealed && !forbidden;
    }

    public boolean isSealed() {
        return decision.form() == TableForm.SEALED;
    }

    /** The reason why it is not sealed. */
    public Optional<String> whyNot() {
        return Optional.of(decision.why()).filter(why -> !why.isEmpty());
    }

    @Override
    public TableForm get() {
        if (!decision.holds(program.get(), allowed, nanoTime)) {
            decide();
        }
        return decision.form();
    }

    @Override
    public CommandResult run(Command command) {
        return get() == TableForm.SEALED ? throughOwner(command) : single.run(command);
    }

    private synchronized void decide() {
        var nft = program.get();
        var may = allowed;
        if (closed || decision.holds(nft, may, nanoTime)) {
            return;
        }
        endOwner();
        isKnownToOwn = false;
        var next = may
                ? tried(nft)
                : new SealDecision(
                        nft,
                        false,
                        TableForm.PLAIN,
                        forbidden ? "PORTERO_SEALED is never" : "agent.sealed is never",
                        Optional.empty());
        if (next.form() == TableForm.PLAIN && next.until().isEmpty()) {
            next = unsealed(next);
        }
        boolean isNews = !next.why().equals(decision.why());
        decision = next;
        if (isNews) {
            LOG.log(
                    System.Logger.Level.INFO,
                    next.form() == TableForm.SEALED
                            ? "table " + Ruleset.TABLE + " is sealed: only this agent can change it"
                            : "table " + Ruleset.TABLE + " is not sealed: " + next.why());
        }
    }

    private SealDecision tried(String nft) {
        return switch (open(nft)) {
            case TableOwner.Ability.Able able -> sealed(nft);
            case TableOwner.Ability.Unable(var why) -> {
                endOwner(); // it would run for as long as the agent, for nothing
                yield new SealDecision(nft, true, TableForm.PLAIN, why, Optional.empty());
            }
            case TableOwner.Ability.Unknown(var why) -> later(nft, why);
            case TableOwner.Ability.NotStarted(var why) -> {
                patience = TRIED_AGAIN_AFTER; // asking again costs nothing while there is no nft
                yield later(nft, why);
            }
        };
    }

    private SealDecision later(String nft, String why) {
        endOwner();
        return new SealDecision(nft, true, TableForm.PLAIN, why, Optional.of(nextTry()));
    }

    private long nextTry() {
        var next = nanoTime.getAsLong() + patience.toNanos();
        var longer = patience.multipliedBy(2);
        patience = longer.compareTo(TRIED_AGAIN_WITHIN) < 0 ? longer : TRIED_AGAIN_WITHIN;
        return next;
    }

    private SealDecision sealed(String nft) {
        var why = form.toSealed(owner.orElseThrow(), nft);
        if (!why.isEmpty()) {
            return later(nft, why);
        }
        patience = TRIED_AGAIN_AFTER;
        return new SealDecision(nft, true, TableForm.SEALED, "", Optional.empty());
    }

    private SealDecision unsealed(SealDecision plain) {
        var why = form.toPlain(plain.nft());
        return why.isEmpty()
                ? plain
                : new SealDecision(
                        plain.nft(),
                        plain.allowed(),
                        TableForm.PLAIN,
                        plain.why() + ", and the sealed table could not be replaced by a plain one: " + why,
                        Optional.of(nextTry()));
    }

    private TableOwner.Ability open(String nft) {
        try {
            var opened = TableOwner.start(before, nft, scratch, pids, nanoTime);
            owner = Optional.of(opened);
            opened.whenEnded(() -> ended(opened));
            var ability = isKnownToOwn ? new TableOwner.Ability.Able() : opened.probe();
            isKnownToOwn = ability instanceof TableOwner.Ability.Able;
            return ability;
        } catch (IOException e) {
            return new TableOwner.Ability.NotStarted("nft -i could not be started (" + e.getMessage() + ")");
        }
    }

    private synchronized CommandResult throughOwner(Command command) {
        if (closed || decision.form() != TableForm.SEALED) {
            return single.run(command);
        }
        if (owner.filter(TableOwner::isAlive).isEmpty()) {
            var failed = replaced();
            if (failed.isPresent()) {
                return failed.get();
            }
        }
        var result = owner.orElseThrow().ask(command);
        if (isListing(command)
                && owner.filter(TableOwner::isAlive).isEmpty()
                && !(result instanceof CommandResult.TimedOut)
                && replaced().isEmpty()) {
            result = owner.orElseThrow().ask(command); // reading twice is harmless
        }
        if (owner.filter(TableOwner::isWornOut).isPresent()) {
            replaced();
        }
        return result;
    }

    private static boolean isListing(Command command) {
        return command.words().contains("list");
    }

    /** Replaces an owner process that has ended or uses too much memory; returns the failure, if any. */
    private Optional<CommandResult> replaced() {
        endOwner();
        var nft = decision.nft();
        var why = switch (open(nft)) {
            case TableOwner.Ability.Able able -> form.toSealed(owner.orElseThrow(), nft);
            case TableOwner.Ability.Unable(var reason) -> reason;
            case TableOwner.Ability.Unknown(var reason) -> reason;
            case TableOwner.Ability.NotStarted(var reason) -> reason;
        };
        if (why.isEmpty()) {
            return Optional.empty();
        }
        endOwner();
        return Optional.of(new CommandResult.NotStarted(nft, why));
    }

    /**
     * Replaces an owner that ended by itself, unless it ended right after its start: then the next command replaces it.
     */
    private synchronized void ended(TableOwner which) {
        if (closed || owner.filter(which::equals).isEmpty()) {
            return;
        }
        boolean lived = which.hasLived();
        var failed = lived && decision.form() == TableForm.SEALED ? replaced() : Optional.empty();
        LOG.log(
                System.Logger.Level.WARNING,
                "nft -i, which owned table " + Ruleset.TABLE + ", ended; the table stays in force"
                        + (lived && failed.isEmpty()
                                ? ", and a new nft -i owns it"
                                : ", and the next command starts a new nft -i"));
    }

    @Override
    public boolean makesForm() {
        return true;
    }

    @Override
    public void saw(Snapshot table) {
        form.saw(table, this, program.get(), isSealed());
    }

    private void endOwner() {
        var ending = owner;
        owner = Optional.empty();
        ending.ifPresent(TableOwner::close);
    }

    /** Ends the owner; the table stays in force. */
    @Override
    public synchronized void close() {
        closed = true;
        endOwner();
    }
}
