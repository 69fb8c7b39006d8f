package io.portero.fleet;

import io.portero.fleet.Refusal.Kind;
import io.portero.state.StateDirectory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * The files of the fleet on a host: the bundle in force, its lists, and the policy composed from them.
 *
 * <p>The last accepted bundle is also the only record of its version, so that no second record can differ.
 */
final class FleetFiles {
    static final String POLICY = "portero.yaml";

    private static final String BUNDLE = "bundle";
    private static final String LISTS = "lists";
    private static final int MOST_HOST_BYTES = 4 * 1024 * 1024;

    private final StateDirectory directory;
    private final StateDirectory lists;
    private final Path listPath;

    FleetFiles(Path directory) {
        this.directory = new StateDirectory(directory);
        this.listPath = directory.toAbsolutePath().resolve(LISTS);
        this.lists = new StateDirectory(listPath);
    }

    /** The last accepted bundle; nothing before the first one. */
    Optional<Bundle> taken() {
        return directory.read(BUNDLE).flatMap(text -> {
            try {
                return Optional.of(Bundle.parse(text.getBytes(StandardCharsets.UTF_8)));
            } catch (Refusal e) {
                return Optional.empty();
            }
        });
    }

    void keep(Bundle bundle) throws Refusal {
        write(directory, BUNDLE, bundle.text());
    }

    Optional<String> policy() {
        return directory.read(POLICY);
    }

    Path policyPath() {
        return directory.path(POLICY);
    }

    void place(String policy) throws Refusal {
        write(directory, POLICY, policy);
    }

    /** When the current policy was written. */
    Instant placedAt() {
        try {
            return Files.getLastModifiedTime(policyPath()).toInstant();
        } catch (IOException e) {
            return Instant.EPOCH;
        }
    }

    Path listFile(String hash) {
        return listPath.resolve(hash + ".txt");
    }

    Optional<String> list(String hash) {
        return lists.read(hash + ".txt")
                .filter(text ->
                        ListRef.hash(text.getBytes(StandardCharsets.UTF_8)).equals(hash));
    }

    void keepList(String hash, String content) throws Refusal {
        write(lists, hash + ".txt", content);
    }

    /** Removes all other lists. */
    void keepOnly(Set<String> hashes) {
        try (var files = Files.list(listPath)) {
            files.map(f -> f.getFileName().toString())
                    .filter(name -> name.endsWith(".txt") && !hashes.contains(name.substring(0, name.length() - 4)))
                    .toList()
                    .forEach(lists::delete);
        } catch (IOException e) {
            // There are no lists.
        }
    }

    /** The host's own file; empty if there is none. */
    static Layer hostLayer(Path file) throws Refusal {
        try {
            if (Files.size(file) > MOST_HOST_BYTES) {
                throw new Refusal(Kind.LAYER, file + ": it is larger than a policy may be");
            }
            return Layer.read(file.toString(), Files.readString(file));
        } catch (NoSuchFileException e) {
            return new Layer(file.toString(), Tree.Mapping.EMPTY);
        } catch (AccessDeniedException e) {
            throw new Refusal(
                    Kind.LAYER,
                    file + ": this process may not read it; permit its group: chgrp portero " + file + " && chmod 640 "
                            + file);
        } catch (IOException e) {
            throw new Refusal(Kind.LAYER, file + ": reading it failed: " + StateDirectory.reason(e));
        }
    }

    private static void write(StateDirectory directory, String name, String text) throws Refusal {
        var problem = directory.write(name, text);
        if (problem.isPresent()) {
            throw new Refusal(Kind.LAYER, problem.get());
        }
    }
}
