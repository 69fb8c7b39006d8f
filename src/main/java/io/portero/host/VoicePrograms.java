package io.portero.host;

import io.portero.telephony.Installation;
import io.portero.telephony.VoiceProgram;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds the telephony programs that run on this host or in its containers, and those whose files are in {@code /etc}.
 * Only root may read the processes of other users.
 */
final class VoicePrograms {
    private static final String SELF = "self";

    private final Path proc;
    private final Path root;

    VoicePrograms(Path proc, Path root) {
        this.proc = proc;
        this.root = root;
    }

    List<Installation> find() {
        var found = new ArrayList<Installation>();
        var seen = new HashSet<List<Object>>();
        for (var process : ProcFiles.children(proc)) {
            program(process).ifPresent(program -> {
                var rootKey = Objects.requireNonNullElse(rootKey(process.resolve("root")), "");
                var arguments = arguments(process);
                if (seen.add(List.of(program, rootKey, network(process), arguments))) {
                    found.add(running(program, process, rootKey, arguments));
                }
            });
        }
        for (var program : VoiceProgram.values()) {
            var files = new RootedFiles(root);
            boolean runsHere = found.stream()
                    .anyMatch(i -> i.program() == program && i.root().isEmpty());
            if (!runsHere && program.isInstalled(files)) {
                var ports = program.configured(files, List.of());
                found.add(new Installation(program, false, false, "", ports, files.denied()));
            }
        }
        return found;
    }

    private static Optional<VoiceProgram> program(Path process) {
        return ProcFiles.lines(process.resolve("comm")).stream().findFirst().flatMap(VoiceProgram::ofProcess);
    }

    private Installation running(VoiceProgram program, Path process, Object rootKey, List<String> arguments) {
        boolean here = rootKey.equals(rootKey(root)) || rootKey.equals("");
        var files = new RootedFiles(here ? root : process.resolve("root"));
        var ports = program.configured(files, arguments);
        var unreadable = new ArrayList<>(files.denied());
        if (rootKey.equals("") && !program.isInstalled(files)) {
            unreadable.add(process.resolve("root").toString()); // it may be in a container
        }
        return new Installation(
                program,
                true,
                !network(process).equals(network(proc.resolve(SELF))),
                here ? "" : process.resolve("root").toString(),
                ports,
                unreadable);
    }

    /** Identifies the file system of the process; nothing where it may not be read. */
    private static @Nullable Object rootKey(Path directory) {
        try {
            return Files.readAttributes(directory, BasicFileAttributes.class).fileKey();
        } catch (IOException e) {
            return null;
        }
    }

    /** If unknown, assume the host's own. */
    private String network(Path process) {
        try {
            return Files.readSymbolicLink(process.resolve("ns/net")).toString();
        } catch (IOException e) {
            return process.endsWith(SELF) ? "" : network(proc.resolve(SELF));
        }
    }

    private static List<String> arguments(Path process) {
        try {
            var words = new String(Files.readAllBytes(process.resolve("cmdline")), StandardCharsets.UTF_8).split("\0");
            return List.of(words).subList(Math.min(1, words.length), words.length);
        } catch (IOException e) {
            return List.of();
        }
    }
}
