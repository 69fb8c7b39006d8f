package io.portero.lab;

import io.portero.exec.Child;
import io.portero.exec.Command;
import io.portero.exec.CommandResult;
import io.portero.exec.ProcessRunner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The privilege to create network namespaces: as root, or as any user in a separate user namespace.
 *
 * <p>In a user namespace the directories / and /run are new, and belong to this user. ip keeps its namespaces in /run,
 * and the lab its files: the agent refuses a policy below a directory of an unknown user, and root itself is unknown in
 * the namespace. Every other directory of / is the same as outside. The new ones disappear with the last process.
 */
public final class Privilege {
    private static final String INSIDE = "PORTERO_DEMO_INSIDE";
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final String NOT_ALLOWED =
            "making network namespaces is not allowed to this user on this host (%s); run it as root: sudo portero demo";

    /** Runs its arguments in a root directory that belongs to the user who has created the namespace. */
    private static final String OWN_ROOT = """
            set -e
            PATH=$PATH:/usr/sbin:/sbin
            here=$PWD
            mount -t tmpfs -o mode=755 portero-demo /run
            mkdir /run/run /run/.old
            for entry in /*; do
              if [ "$entry" = /run ]; then continue
              elif [ -L "$entry" ]; then cp -P "$entry" /run
              elif [ -d "$entry" ]; then mkdir "/run$entry" && mount --rbind "$entry" "/run$entry" || true
              fi
            done
            pivot_root /run /run/.old
            umount -l /.old
            rmdir /.old
            cd "$here" 2> /dev/null || cd /
            exec "$0" "$@"
            """;

    private Privilege() {}

    public static boolean isRoot() {
        try {
            return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
        } catch (IOException e) {
            return false;
        }
    }

    public static boolean isInside() {
        return System.getenv(INSIDE) != null;
    }

    /** Starts this program again as root of a user namespace, and returns its exit code. */
    public static int again(Self self, List<String> arguments) throws CannotBuild {
        requireUserNamespaces();
        var words = inUserNamespace(self.with(arguments.toArray(String[]::new)));
        try {
            var child = Child.inPlace(words, Map.of(INSIDE, "1"));
            // A signal to this process is passed on to the child, which has to clean up.
            var hook = new Thread(() -> end(child));
            Runtime.getRuntime().addShutdownHook(hook);
            int code = child.await();
            Runtime.getRuntime().removeShutdownHook(hook);
            return code;
        } catch (IOException e) {
            throw new CannotBuild("portero could not be started again (" + e.getMessage() + ")");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CannotBuild("interrupted");
        }
    }

    /** The command line that runs these words as root of new namespaces. */
    static List<String> inUserNamespace(List<String> words) {
        var all = new ArrayList<>(List.of("unshare", "-rnm", "sh", "-c", OWN_ROOT));
        all.addAll(words);
        return all;
    }

    private static void end(Child child) {
        child.terminate();
        try {
            boolean ended = child.await(TIMEOUT);
            if (!ended) {
                child.close();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void requireUserNamespaces() throws CannotBuild {
        var words = inUserNamespace(List.of("ip", "link", "show", "lo"));
        switch (new ProcessRunner().run(new Command(words, "", TIMEOUT))) {
            case CommandResult.Completed done when done.succeeded() -> {}
            case CommandResult.Completed done ->
                throw new CannotBuild(
                        NOT_ALLOWED.formatted(done.errors().lines().findFirst().orElse("unshare failed")));
            case CommandResult.NotStarted not ->
                throw new CannotBuild("the program " + not.program() + " could not be started; install it (apt-get"
                        + " install util-linux) or run it as root: sudo portero demo");
            case CommandResult.TimedOut out -> throw new CannotBuild(NOT_ALLOWED.formatted("unshare did not end"));
        }
    }
}
