package io.portero.nft;

import io.portero.compile.Ruleset;
import io.portero.exec.Command;
import io.portero.exec.CommandResult;
import io.portero.exec.CommandRunner;
import io.portero.plan.Snapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Owns the table, through an {@code nft -i} that runs on, where nft and kernel can; elsewhere each command is a process of its own.
 *
 * <p>Whether they can is tried out with an empty table, not told from versions. While the table is owned every command goes through the
 * owner, which is replaced at once when it ends: the table outlives it, and meanwhile everybody with CAP_NET_ADMIN may change it, as
 * where nothing is sealed. An owner that answers too late is killed. What cannot be sealed is what it was before, plain.
 */
public final class Sealing implements CommandRunner, Supplier<TableForm>, AutoCloseable {
    private static final System.Logger LOG = System.getLogger("portero");
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    /** How long the owner before, such as that of an agent that was killed, may take to end. */
    private static final Duration FOREIGN_OWNER = Duration.ofSeconds(3);

    private static final Duration TRIED_AGAIN_AFTER = Duration.ofMinutes(1);
    private static final Duration SHORT_LIFE = Duration.ofSeconds(1);
    private static final String CHOKE_POINT = "prerouting";
    private static final String PROBE = Ruleset.TABLE + "_probe";

    private final CommandRunner single;
    private final NftProgram program;
    private final List<String> before;
    private final Path scratch;
    private final LongConsumer pids;
    private final LongSupplier nanoTime;
    private volatile boolean allowed = true;
    private volatile Decision decision = Decision.NONE;

    private Optional<NftShell> shell = Optional.empty();
    private long startedAt;
    /** Whether the nft in use has passed the probe. */
    private boolean isKnownToOwn;

    private boolean closed;
    /** Whether a copy of the table is to be taken away once the table is whole. */
    private volatile boolean bridged;

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
    }

    /**
     * What was found out, and for which nft.
     *
     * @param why not sealed, for a person; empty where it is
     * @param until when it holds, by the clock; for good where it is certain
     */
    private record Decision(String nft, boolean allowed, TableForm form, String why, Optional<Long> until) {
        static final Decision NONE = new Decision("", true, TableForm.PLAIN, "not tried yet", Optional.of(0L));

        boolean holds(String nft, boolean allowed, LongSupplier nanoTime) {
            return this != NONE
                    && this.nft.equals(nft)
                    && this.allowed == allowed
                    && until.filter(end -> nanoTime.getAsLong() - end >= 0).isEmpty();
        }
    }

    /** From now on the policy allows it or forbids it. */
    public void allow(boolean sealed) {
        allowed = sealed;
    }

    public boolean isSealed() {
        return decision.form() == TableForm.SEALED;
    }

    /** Why it is not. */
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
        endShell();
        isKnownToOwn = false;
        var next =
                may ? tried(nft) : new Decision(nft, false, TableForm.PLAIN, "agent.sealed is never", Optional.empty());
        if (next.form() == TableForm.PLAIN && next.until().isEmpty()) {
            next = unsealed(next);
        }
        boolean isNews = !next.why().equals(decision.why());
        decision = next;
        if (isNews) {
            LOG.log(
                    System.Logger.Level.INFO,
                    next.form() == TableForm.SEALED
                            ? "table " + Ruleset.TABLE + " is sealed: the kernel lets nobody but this agent change it"
                            : "table " + Ruleset.TABLE + " is not sealed: " + next.why());
        }
    }

    private Decision tried(String nft) {
        return switch (open(nft)) {
            case Opening.Owner owner -> sealed(nft);
            case Opening.Unable(var why) -> new Decision(nft, true, TableForm.PLAIN, why, Optional.empty());
            case Opening.Unknown(var why) -> later(nft, why);
        };
    }

    private Decision later(String nft, String why) {
        endShell();
        return new Decision(
                nft, true, TableForm.PLAIN, why, Optional.of(nanoTime.getAsLong() + TRIED_AGAIN_AFTER.toNanos()));
    }

    private Decision sealed(String nft) {
        var why = switch (claim()) {
            case Claim.Ours ours -> "";
            case Claim.Plain plain -> remade(nft);
            case Claim.Refused(var reason) -> reason;
        };
        return why.isEmpty() ? new Decision(nft, true, TableForm.SEALED, "", Optional.empty()) : later(nft, why);
    }

    private String remade(String nft) {
        return switch (new Remaking(single, this::ask, nft).to(TableForm.SEALED)) {
            case Remaking.Result.Done done -> "";
            case Remaking.Result.Unfinished unfinished -> {
                bridged = true;
                yield "";
            }
            case Remaking.Result.Failed(var why) -> "the table could not be made anew: " + why;
        };
    }

    /** Gives a table that was sealed, by this agent or one before, its plain form back. */
    private Decision unsealed(Decision plain) {
        if (KernelForm.read(single, plain.nft()) == TableForm.PLAIN) {
            return plain;
        }
        return switch (new Remaking(single, single, plain.nft()).to(TableForm.PLAIN)) {
            case Remaking.Result.Done done -> plain;
            case Remaking.Result.Unfinished unfinished -> {
                bridged = true;
                yield plain;
            }
            case Remaking.Result.Failed(var why) ->
                new Decision(
                        plain.nft(),
                        plain.allowed(),
                        TableForm.PLAIN,
                        plain.why() + ", and what was sealed could not be made plain: " + why,
                        Optional.of(nanoTime.getAsLong() + TRIED_AGAIN_AFTER.toNanos()));
        };
    }

    /** What came of starting an owner. */
    private sealed interface Opening {
        record Owner() implements Opening {}

        /** It will be the same the next time. */
        record Unable(String why) implements Opening {}

        record Unknown(String why) implements Opening {}
    }

    private Opening open(String nft) {
        try {
            var opened = NftShell.start(before, nft);
            shell = Optional.of(opened);
            startedAt = nanoTime.getAsLong();
            opened.whenEnded(() -> ended(opened));
        } catch (IOException e) {
            return new Opening.Unknown("nft -i could not be started (" + e.getMessage() + ")");
        }
        return isKnownToOwn ? new Opening.Owner() : probe();
    }

    /** An empty table that nothing looks at, for an instant. */
    private Opening probe() {
        var made = tell(TableForm.claim(PROBE), false);
        if (!(made instanceof CommandResult.Completed done) || done.signal().isPresent()) {
            return new Opening.Unknown("nft -i did not answer");
        }
        if (!done.succeeded()) {
            var line = done.errors().lines().findFirst().orElse("").replaceFirst("^Error: ", "");
            return line.contains("not permitted")
                    ? new Opening.Unknown("changing the firewall is not permitted")
                    : new Opening.Unable("this nft or this kernel cannot hold a table for one owner that outlives it ("
                            + line + "); Linux 6.9 and nft 1.1 can");
        }
        boolean owned = tell("list table " + PROBE, true) instanceof CommandResult.Completed listing
                && listing.output().contains("\"owner\"")
                && listing.output().contains("\"persist\"");
        tell("delete table " + PROBE, false);
        isKnownToOwn = owned;
        return owned ? new Opening.Owner() : new Opening.Unable("this nft does not tell who owns a table");
    }

    /** Whose the table is. */
    private sealed interface Claim {
        /** Ours, or it is not there. */
        record Ours() implements Claim {}

        record Plain() implements Claim {}

        record Refused(String why) implements Claim {}
    }

    private Claim claim() {
        long until = nanoTime.getAsLong() + FOREIGN_OWNER.toNanos();
        while (true) {
            if (!(tell("list tables inet", true) instanceof CommandResult.Completed listing) || !listing.succeeded()) {
                return new Claim.Refused("nft -i did not list the tables");
            }
            var tables = OwnTables.read(listing.output());
            bridged = bridged || tables.bridge();
            switch (tables.own()) {
                case ABSENT -> {
                    return new Claim.Ours();
                }
                case PLAIN -> {
                    return new Claim.Plain();
                }
                case SEALED -> {
                    if (tell(TableForm.claim(Ruleset.TABLE), false) instanceof CommandResult.Completed done
                            && done.succeeded()) {
                        return new Claim.Ours();
                    }
                }
            }
            if (nanoTime.getAsLong() - until >= 0) {
                return new Claim.Refused("another process owns table " + Ruleset.TABLE
                        + "; is it an nft -i of an agent that was killed? End it: nft list tables names it");
            }
            pause();
        }
    }

    private static void pause() {
        try {
            Thread.sleep(20);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private CommandResult tell(String command, boolean lists) {
        var owner = shell.orElseThrow();
        pids.accept(owner.pid());
        return owner.run(command, lists, TIMEOUT);
    }

    private synchronized CommandResult throughOwner(Command command) {
        if (closed || decision.form() != TableForm.SEALED) {
            return single.run(command);
        }
        if (shell.filter(NftShell::isAlive).isEmpty()) {
            var failed = replaced();
            if (failed.isPresent()) {
                return failed.get();
            }
        }
        var result = ask(command);
        if (isListing(command)
                && shell.filter(NftShell::isAlive).isEmpty()
                && !(result instanceof CommandResult.TimedOut)
                && replaced().isEmpty()) {
            result = ask(command); // to read twice changes nothing
        }
        if (shell.filter(NftShell::isWornOut).isPresent()) {
            replaced();
        }
        return result;
    }

    /** The owner's answer to what a process of its own would have been started for. */
    private CommandResult ask(Command command) {
        var owner = shell.orElseThrow();
        pids.accept(owner.pid());
        int last = command.words().size() - 1;
        if (!command.words().subList(1, last + 1).equals(List.of("-f", "-"))
                && !command.words().get(last).equals("-")) {
            var words = command.words().stream()
                    .skip(1)
                    .filter(w -> !w.startsWith("-"))
                    .toList();
            return owner.run(String.join(" ", words), words.getFirst().equals("list"), command.timeout());
        }
        var script = command.input();
        owner.wasGiven(script.length());
        try (var file = new Script(scratch, script)) {
            var result = owner.run("include \"" + file.path + "\"", isListing(script), command.timeout());
            return result instanceof CommandResult.Completed done
                    ? new CommandResult.Completed(
                            done.exitCode(),
                            done.output(),
                            done.errors().replace(file.path.toString(), "/dev/stdin"),
                            done.took())
                    : result;
        } catch (IOException e) {
            return new CommandResult.NotStarted(
                    command.program(), "no script could be written to " + scratch + ": " + e.getMessage());
        }
    }

    private static boolean isListing(Command command) {
        return command.words().contains("list");
    }

    /** Whether the last line of the script prints something. */
    private static boolean isListing(String script) {
        return script.startsWith("list ", script.lastIndexOf('\n', script.length() - 2) + 1);
    }

    /** A transaction in a file that nobody else reads: nft reads lines from a pipe byte by byte. */
    private static final class Script implements AutoCloseable {
        final Path path;

        Script(Path directory, String text) throws IOException {
            path = Files.createTempFile(
                    directory,
                    "transaction",
                    ".nft",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(path, text);
        }

        @Override
        public void close() throws IOException {
            Files.deleteIfExists(path);
        }
    }

    /** Puts another owner in the place of one that ended or has grown; what went wrong, if anything did. */
    private Optional<CommandResult> replaced() {
        endShell();
        var nft = decision.nft();
        var why = switch (open(nft)) {
            case Opening.Owner owner ->
                switch (claim()) {
                    case Claim.Ours ours -> "";
                    case Claim.Plain plain -> remade(nft);
                    case Claim.Refused(var reason) -> reason;
                };
            case Opening.Unable(var reason) -> reason;
            case Opening.Unknown(var reason) -> reason;
        };
        if (why.isEmpty()) {
            return Optional.empty();
        }
        endShell();
        return Optional.of(new CommandResult.NotStarted(nft, why));
    }

    /** Takes the place of an owner that ended by itself, unless it did so right after its start: then the next command does. */
    private synchronized void ended(NftShell which) {
        if (closed || shell.filter(which::equals).isEmpty()) {
            return;
        }
        boolean lived = nanoTime.getAsLong() - startedAt > SHORT_LIFE.toNanos();
        var failed = lived && decision.form() == TableForm.SEALED ? replaced() : Optional.empty();
        LOG.log(
                System.Logger.Level.WARNING,
                "nft -i, which owned table " + Ruleset.TABLE + ", ended; the table stayed in force"
                        + (lived && failed.isEmpty()
                                ? ", and another one owns it"
                                : ", and the next command starts another one"));
    }

    /** To be called when the table was read. */
    void saw(Snapshot table) {
        if (bridged
                && Optional.ofNullable(table.chains().get(CHOKE_POINT))
                        .filter(chain ->
                                chain.hook().isPresent() && !chain.rules().isEmpty())
                        .isPresent()) {
            bridged = false;
            var nft = program.get();
            new Remaking(single, this, nft).dropped(ListedTable.BRIDGE);
            if (!isSealed()) {
                new Remaking(single, this, nft).dropped(Ruleset.BANS_TABLE);
            }
        }
    }

    private void endShell() {
        var ending = shell;
        shell = Optional.empty();
        ending.ifPresent(NftShell::close);
    }

    /** Ends the owner; the table stays in force. */
    @Override
    public synchronized void close() {
        closed = true;
        endShell();
    }
}
