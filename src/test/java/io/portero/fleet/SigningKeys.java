package io.portero.fleet;

import io.portero.exec.Command;
import io.portero.exec.CommandResult;
import io.portero.exec.ProcessRunner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** SSH keys of some people, and the list of allowed signers. */
public final class SigningKeys {
    private static final ProcessRunner RUNNER = new ProcessRunner();

    private final Path directory;

    public SigningKeys(Path directory) {
        this.directory = directory;
    }

    /** Creates the key on first use. */
    public Path of(String person) {
        var key = directory.resolve(person);
        if (!Files.exists(key)) {
            run("", "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", person, "-f", key.toString());
        }
        return key;
    }

    public Path allowed(String... people) throws IOException {
        var text = new StringBuilder();
        for (var person : people) {
            text.append(person)
                    .append(" namespaces=\"portero\" ")
                    .append(publicKey(person))
                    .append('\n');
        }
        return Files.writeString(directory.resolve("allowed_signers"), text);
    }

    String publicKey(String person) throws IOException {
        return Files.readString(Path.of(of(person) + ".pub")).strip();
    }

    public SshKeygen keygen() {
        return new SshKeygen(RUNNER);
    }

    Signature sign(String text, String person, String namespace) throws Refusal {
        return Signature.parse(run(
                text,
                "ssh-keygen",
                "-Y",
                "sign",
                "-q",
                "-n",
                namespace,
                "-f",
                of(person).toString()));
    }

    public Bundle signed(Manifest manifest, String... people) throws Refusal {
        var bundle = new Bundle(manifest.text(), List.of());
        for (var person : people) {
            bundle = bundle.with(keygen().sign(manifest.text(), of(person)));
        }
        return bundle;
    }

    static String run(String input, String... words) {
        var done = RUNNER.run(new Command(List.of(words), input, Duration.ofSeconds(20)));
        if (done instanceof CommandResult.Completed completed && completed.succeeded()) {
            return completed.output();
        }
        throw new AssertionError(String.join(" ", words) + ": " + done);
    }
}
