package io.portero.cli;

import io.portero.config.Loaded;
import io.portero.config.Outside;
import io.portero.files.OpenFile;
import io.portero.policy.Policy;
import io.portero.state.PastPolicy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code portero restore}, which writes a policy that was in force to a file. */
@Command(
        name = "restore",
        mixinStandardHelpOptions = true,
        description = {
            "Writes a policy that was in force to a file beside the policy file, and says what it would"
                    + " change. It does not put it in force."
        })
final class RestoreCommand implements Callable<Integer> {
    private final Tools tools;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private Locations locations = new Locations();

    @Parameters(arity = "1", paramLabel = "N", description = "The number or digest of the policy in portero history.")
    private String which = "";

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description =
                    "The file to write; it must not exist yet (default: the policy file's name with .restored-N).")
    private @Nullable Path output;

    RestoreCommand(Tools tools) {
        this.tools = tools;
    }

    @Override
    public Integer call() {
        var past = new PastPolicies(tools, locations.stateDir());
        try {
            return restore(past, past.find(which));
        } catch (PastPolicies.NotKept e) {
            return fail(String.valueOf(e.getMessage()));
        }
    }

    /**
     * A copy over the policy file keeps that file's owner and mode; without a policy file, the agent must be able to
     * read this file.
     */
    private int restore(PastPolicies past, PastPolicy entry) throws PastPolicies.NotKept {
        var content = past.content(entry);
        var file = output != null ? output : beside(entry);
        try {
            OpenFile.make(
                    file,
                    content.policy().getBytes(StandardCharsets.UTF_8),
                    PosixFilePermissions.fromString(Files.exists(locations.config()) ? "rw-------" : "rw-r--r--"));
        } catch (FileAlreadyExistsException e) {
            return fail(file + " exists, and portero restore does not overwrite it: move it away, or give"
                    + " another --output");
        } catch (IOException e) {
            return fail(file + " could not be written completely (" + e.getMessage() + "): run as root, or"
                    + " give another --output");
        }
        return report(past, entry, file);
    }

    private Path beside(PastPolicy entry) {
        var config = locations.config();
        return config.resolveSibling(config.getFileName() + ".restored-" + entry.number());
    }

    /** Reads the file as the agent will read it, with the current lists. */
    private int report(PastPolicies past, PastPolicy entry, Path file) throws PastPolicies.NotKept {
        var line = spec.commandLine();
        var out = line.getOut();
        out.println(file + ": written, as policy " + entry.number() + " was on " + PastPolicies.time(entry.at()));
        var loaded = tools.reader()
                .read(
                        file,
                        Outside.keeping(past.content(entry).lists(), past.names())
                                .at(tools.host().surroundings()));
        loaded.problems().forEach(line.getErr()::println);
        if (!(loaded instanceof Loaded.Accepted accepted)) {
            return fail(ExitCode.REFUSED, "this policy would be refused now; correct " + file + " first");
        }
        var newest = past.all().getLast();
        out.println("it would change this in policy " + newest.number() + ", which is in force:");
        var changes = changes(past.policy(newest).at(Instant.now()), accepted.policy());
        (changes.isEmpty() ? List.of("nothing that affects packets") : changes)
                .forEach(change -> out.println("  " + change));
        notes(past, entry, accepted.policy()).forEach(note -> out.println("note: " + note));
        out.println("to put it in place: cp " + file + " " + locations.config());
        out.println("the agent treats it like any other edit: with check, tests, lockout guard and probation");
        out.flush();
        return ExitCode.DONE;
    }

    private List<String> changes(Policy before, Policy after) {
        return new PolicyDifference(before, after, tools.host().flows()).lines();
    }

    private static List<String> notes(PastPolicies past, PastPolicy entry, Policy now) throws PastPolicies.NotKept {
        var notes = new ArrayList<String>();
        past.content(entry).lists().forEach((list, then) -> {
            var today = now.lists().get(list);
            if (today != null && !today.equals(then)) {
                notes.add(list + " has changed since then; lists are not restored");
            }
        });
        if (past.wasRolledBack(entry)) {
            notes.add("this policy was rolled back; within 30 days the agent takes it again only if you change"
                    + " something in it");
        }
        return notes;
    }

    private int fail(String sentence) {
        return fail(ExitCode.FAILED, sentence);
    }

    private int fail(int exitCode, String sentence) {
        spec.commandLine().getOut().flush();
        spec.commandLine().getErr().println("portero: " + sentence);
        return exitCode;
    }
}
