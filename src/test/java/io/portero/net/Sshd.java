package io.portero.net;

import static org.awaitility.Awaitility.await;

import io.portero.exec.Child;
import io.portero.exec.Command;
import io.portero.exec.CommandResult;
import io.portero.lab.Lab;
import io.portero.lab.Place;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A real sshd at a place of a lab, and logins there. */
final class Sshd {
    private final Lab lab;
    private final Path directory;
    private int sessions;

    private Sshd(Lab lab, Path directory) {
        this.lab = lab;
        this.directory = directory;
    }

    static Sshd start(Lab lab, Place place, int port) throws IOException {
        var directory = Files.createDirectories(lab.directory().resolve("ssh-" + place.name()));
        Files.createDirectories(Path.of("/run/sshd")); // Debian's sshd requires it
        var sshd = new Sshd(lab, directory);
        sshd.keygen("host");
        sshd.keygen("user");
        Files.copy(directory.resolve("user.pub"), directory.resolve("authorized"));
        Files.writeString(directory.resolve("config"), """
                Port %d
                HostKey %s
                AuthorizedKeysFile %s
                StrictModes no
                UsePAM no
                UseDNS no
                PidFile none
                PermitRootLogin prohibit-password
                """.formatted(
                        port, directory.resolve("host"), directory.resolve("authorized")));
        lab.start(
                place,
                "sshd-" + place.name(),
                List.of(
                        "/usr/sbin/sshd",
                        "-D",
                        "-e",
                        "-f",
                        directory.resolve("config").toString()));
        await().atMost(Duration.ofSeconds(10))
                .until(() -> Files.readString(lab.log("sshd-" + place.name())).contains("Server listening"));
        return sshd;
    }

    private void keygen(String name) {
        var done = lab.run(
                Place.HOST,
                "ssh-keygen",
                "-q",
                "-t",
                "ed25519",
                "-N",
                "",
                "-f",
                directory.resolve(name).toString());
        if (!(done instanceof CommandResult.Completed completed && completed.succeeded())) {
            throw new AssertionError(done + ": apt-get install openssh-server openssh-client");
        }
    }

    private List<String> words(String to, int port, String... command) {
        var words = new ArrayList<>(List.of(
                "ssh",
                "-i",
                directory.resolve("user").toString(),
                "-p",
                "" + port,
                "-o",
                "StrictHostKeyChecking=no",
                "-o",
                "UserKnownHostsFile=/dev/null",
                "-o",
                "BatchMode=yes",
                "-o",
                "ConnectTimeout=3",
                "-o",
                "LogLevel=ERROR",
                "-F",
                "/dev/null",
                "root@" + to));
        words.addAll(List.of(command));
        return words;
    }

    /** Whether a login from there is possible now. */
    boolean login(Place from, String to, int port) {
        return lab.at(from).run(new Command(words(to, port, "true"), "", Duration.ofSeconds(10)))
                        instanceof CommandResult.Completed done
                && done.succeeded();
    }

    /** Logs in and stays; a shell on the other side runs the lines that it receives. */
    Child session(Place from, String to, int port) throws IOException {
        var session = lab.start(from, "session-" + sessions++, words(to, port, "sh"));
        var hello = directory.resolve("hello-" + sessions);
        session.say("touch " + hello);
        await().atMost(Duration.ofSeconds(10)).until(() -> Files.exists(hello));
        return session;
    }
}
