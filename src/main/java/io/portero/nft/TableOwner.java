package io.portero.nft;

import io.portero.compile.Ruleset;
import io.portero.exec.Command;
import io.portero.exec.CommandResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * An {@code nft -i} process that owns the table or is about to: it takes ownership and runs the commands.
 *
 * <p>Belongs to one thread at a time.
 */
final class TableOwner implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    /** How long the previous owner, such as that of a killed agent, may take to end. */
    private static final Duration FOREIGN_OWNER = Duration.ofSeconds(3);

    private static final Duration SHORT_LIFE = Duration.ofSeconds(1);
    private static final String PROBE = Ruleset.TABLE + "_probe";

    private final NftShell shell;
    private final Path scratch;
    private final LongConsumer pids;
    private final LongSupplier nanoTime;
    private final long startedAt;

    private TableOwner(NftShell shell, Path scratch, LongConsumer pids, LongSupplier nanoTime) {
        this.shell = shell;
        this.scratch = scratch;
        this.pids = pids;
        this.nanoTime = nanoTime;
        this.startedAt = nanoTime.getAsLong();
    }

    /**
     * Starts a process that owns nothing yet.
     *
     * @param before words in front of it, such as those that enter a network namespace
     * @param scratch a directory that only we write to
     * @param pids told its process id before each change
     */
    static TableOwner start(List<String> before, String nft, Path scratch, LongConsumer pids, LongSupplier nanoTime)
            throws IOException {
        return new TableOwner(NftShell.start(before, nft), scratch, pids, nanoTime);
    }

    /** Whether this nft, on this kernel, can own a table that outlives it. */
    sealed interface Ability {
        record Able() implements Ability {}

        /** The result will not change. */
        record Unable(String why) implements Ability {}

        record Unknown(String why) implements Ability {}

        /** There is no nft at the moment. */
        record NotStarted(String why) implements Ability {}
    }

    /** An empty table without effect, which exists for an instant. */
    Ability probe() {
        var made = tell(TableForm.claim(PROBE), false);
        if (!(made instanceof CommandResult.Completed done) || done.signal().isPresent()) {
            return new Ability.Unknown("nft -i did not answer");
        }
        if (!done.succeeded()) {
            var line = done.errors().lines().findFirst().orElse("").replaceFirst("^Error: ", "");
            if (!shell.isAlive()) {
                return new Ability.Unknown("nft -i ended without an answer (" + line + ")");
            }
            return line.contains("not permitted")
                    ? new Ability.Unknown("changing the firewall is not permitted")
                    : new Ability.Unable("this nft or this kernel cannot seal a table (flags owner, persist) (" + line
                            + "); it needs Linux 6.9 and nft 1.1");
        }
        boolean owned = tell("list table " + PROBE, true) instanceof CommandResult.Completed listing
                && listing.output().contains("\"owner\"")
                && listing.output().contains("\"persist\"");
        tell("delete table " + PROBE, false);
        return owned ? new Ability.Able() : new Ability.Unable("this nft does not show the owner of a table");
    }

    /** Who owns the table. */
    sealed interface Claim {
        /**
         * We own it, or it does not exist.
         *
         * @param bridged whether a copy of it was left behind
         */
        record Ours(boolean bridged) implements Claim {}

        record Plain() implements Claim {}

        record Refused(String why) implements Claim {}
    }

    Claim claim() {
        long until = nanoTime.getAsLong() + FOREIGN_OWNER.toNanos();
        while (true) {
            if (!(tell("list tables inet", true) instanceof CommandResult.Completed listing) || !listing.succeeded()) {
                return new Claim.Refused("nft -i did not list the tables");
            }
            var tables = OwnTables.read(listing.output());
            switch (tables.own()) {
                case ABSENT -> {
                    return new Claim.Ours(tables.bridge());
                }
                case PLAIN -> {
                    return new Claim.Plain();
                }
                case SEALED -> {
                    if (tell(TableForm.claim(Ruleset.TABLE), false) instanceof CommandResult.Completed done
                            && done.succeeded()) {
                        return new Claim.Ours(tables.bridge());
                    }
                }
            }
            if (nanoTime.getAsLong() - until >= 0) {
                return new Claim.Refused("another process owns table " + Ruleset.TABLE
                        + "; it may be an nft -i of an agent that was killed: nft list tables shows its"
                        + " process id, end that process");
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
        pids.accept(shell.pid());
        return shell.run(command, lists, TIMEOUT);
    }

    /** The owner's result for a command. */
    CommandResult ask(Command command) {
        pids.accept(shell.pid());
        int last = command.words().size() - 1;
        if (!command.words().subList(1, last + 1).equals(List.of("-f", "-"))
                && !command.words().get(last).equals("-")) {
            var words = command.words().stream()
                    .skip(1)
                    .filter(w -> !w.startsWith("-"))
                    .toList();
            return shell.run(String.join(" ", words), words.getFirst().equals("list"), command.timeout());
        }
        var script = command.input();
        shell.wasGiven(script.length());
        try (var file = new Script(scratch, script)) {
            var result = shell.run("include \"" + file.path + "\"", isListing(script), command.timeout());
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

    /** Whether the last line of the script prints something. */
    private static boolean isListing(String script) {
        return script.startsWith("list ", script.lastIndexOf('\n', script.length() - 2) + 1);
    }

    /** A transaction in a private file, because nft reads a pipe byte by byte. */
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

    void whenEnded(Runnable ended) {
        shell.whenEnded(ended);
    }

    boolean isAlive() {
        return shell.isAlive();
    }

    /** Whether it should be replaced because of its memory use. */
    boolean isWornOut() {
        return shell.isWornOut();
    }

    /** Whether it ran long enough, so that its end does not suggest that the next one will also end. */
    boolean hasLived() {
        return nanoTime.getAsLong() - startedAt > SHORT_LIFE.toNanos();
    }

    @Override
    public void close() {
        shell.close();
    }
}
