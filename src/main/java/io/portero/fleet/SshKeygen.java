package io.portero.fleet;

import io.portero.exec.Command;
import io.portero.exec.CommandResult;
import io.portero.exec.CommandRunner;
import io.portero.fleet.Refusal.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Signs and verifies by {@code ssh-keygen -Y}, so that keys in agents and in hardware work as for ssh itself. */
public final class SshKeygen {
    /** A signature for another namespace does not count. */
    static final String NAMESPACE = "portero";

    /** The user may have to touch a key or type a passphrase. */
    private static final Duration SIGNING = Duration.ofMinutes(2);

    private static final Duration VERIFYING = Duration.ofSeconds(10);
    private static final int MOST_FOUND = 16;
    private static final String PROGRAM = "ssh-keygen";

    private final CommandRunner runner;
    private final Map<Asked, List<String>> found = new ConcurrentHashMap<>();

    public SshKeygen(CommandRunner runner) {
        this.runner = runner;
    }

    /** @param key a private key, or a public key whose private part an SSH agent holds */
    public Signature sign(String text, Path key) throws Refusal {
        var words = List.of(PROGRAM, "-Y", "sign", "-q", "-n", NAMESPACE, "-f", key.toString());
        var done = run(new Command(words, text, SIGNING));
        if (!done.succeeded()) {
            throw new Refusal(
                    Kind.UNSIGNED,
                    "signing with " + key + " failed (" + firstLine(done.errors())
                            + "); name another key with --key, or load it: ssh-add " + key);
        }
        return Signature.parse(done.output());
    }

    /**
     * The people who signed a bundle, each with a separate key.
     *
     * @param work a directory for temporary files
     */
    Set<String> signers(Bundle bundle, Path allowedSigners, Optional<Path> revoked, Path work) throws Refusal {
        if (!Files.isReadable(allowedSigners)) {
            throw new Refusal(
                    Kind.UNSIGNED,
                    "no signer is allowed: " + allowedSigners + " cannot be read; put the signers' public keys"
                            + " there");
        }
        var people = new TreeSet<String>();
        var known = new HashSet<String>();
        var keys = new HashSet<String>();
        var why = new ArrayList<String>();
        for (var signature : bundle.signatures()) {
            var names = verified(bundle.signed(), signature, allowedSigners, revoked, work, why);
            if (!names.isEmpty() && !keys.contains(signature.key()) && Collections.disjoint(names, known)) {
                keys.add(signature.key());
                known.addAll(names);
                people.add(names.getFirst());
            }
        }
        if (people.isEmpty()) {
            throw new Refusal(
                    Kind.UNSIGNED,
                    "the bundle has no valid signature" + (why.isEmpty() ? "" : " (" + why.getFirst() + ")") + "; "
                            + allowedSigners + " lists who may sign");
        }
        return people;
    }

    /** The names of the signer; empty if the signature is invalid. */
    private List<String> verified(
            String text, Signature signature, Path allowed, Optional<Path> revoked, Path work, List<String> why)
            throws Refusal {
        if (!signature.namespace().equals(NAMESPACE)) {
            why.add("it is for the namespace " + signature.namespace().replaceAll("[^A-Za-z0-9@._-]", "?")
                    + ", not for " + NAMESPACE);
            return List.of();
        }
        Path file = null;
        try {
            file = Files.createTempFile(work, "signature", ".sig");
            Files.writeString(file, signature.armoured(), StandardCharsets.US_ASCII);
            var names = names(signature, file, allowed);
            if (names.isEmpty()) {
                why.add("its key is not among the allowed signers");
                return List.of();
            }
            var words = new ArrayList<>(List.of(PROGRAM, "-Y", "verify", "-n", NAMESPACE, "-I", names.getFirst()));
            words.addAll(List.of("-f", allowed.toString(), "-s", file.toString()));
            revoked.filter(Files::exists).ifPresent(list -> words.addAll(List.of("-r", list.toString())));
            var done = run(new Command(words, text, VERIFYING));
            if (done.succeeded()) {
                return names;
            }
            why.add("that of " + names.getFirst() + ": " + firstLine(done.errors() + done.output()));
            return List.of();
        } catch (IOException e) {
            throw new Refusal(
                    Kind.UNSIGNED, "the signature could not be written to " + work + " (" + e.getMessage() + ")");
        } finally {
            delete(file);
        }
    }

    /**
     * The owner of the key; empty if unknown.
     *
     * <p>The result is cached while the file of the allowed signers is unchanged, which saves the start of a process.
     * The cache grants no trust: each signature is still verified, for the name that was found.
     */
    private List<String> names(Signature signature, Path file, Path allowed) throws Refusal, IOException {
        var question = new Asked(signature.key(), ListRef.hash(Files.readAllBytes(allowed)));
        var before = found.get(question);
        if (before != null) {
            return before;
        }
        var done = run(Command.of(
                VERIFYING, PROGRAM, "-Y", "find-principals", "-s", file.toString(), "-f", allowed.toString()));
        var names = done.output()
                .lines()
                .flatMap(line -> List.of(line.split(",", -1)).stream())
                .map(String::strip)
                .filter(n -> !n.isEmpty())
                .toList();
        if (!done.succeeded() || names.isEmpty()) {
            return List.of();
        }
        if (found.size() >= MOST_FOUND) {
            found.clear();
        }
        found.put(question, names);
        return names;
    }

    private record Asked(String key, String allowedHash) {}

    private static void delete(@Nullable Path file) {
        try {
            if (file != null) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            // A small file stays in our own directory.
        }
    }

    private CommandResult.Completed run(Command command) throws Refusal {
        return switch (runner.run(command)) {
            case CommandResult.Completed done -> done;
            case CommandResult.NotStarted not ->
                throw new Refusal(
                        Kind.UNSIGNED,
                        "the program " + not.program()
                                + " could not be started; install it: apt-get install openssh-client");
            case CommandResult.TimedOut out ->
                throw new Refusal(
                        Kind.UNSIGNED,
                        out.program() + " did not end within " + out.timeout().toSeconds() + " s");
        };
    }

    private static String firstLine(String text) {
        return text.lines()
                .filter(l -> !l.isBlank())
                .findFirst()
                .orElse("ssh-keygen gives no reason")
                .strip();
    }
}
