package io.portero.net;

import io.portero.exec.Command;
import io.portero.exec.CommandResult;
import io.portero.exec.ProcessRunner;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The packaged program: on a JVM, or the native executable in {@code -Dportero.executable=FILE}.
 *
 * <p>So the same tests check both.
 */
public final class PackagedProgram {
    /** The property with the native executable to test. */
    public static final String EXECUTABLE = "portero.executable";

    private static final Path JAR = Path.of("target/quarkus-app/quarkus-run.jar");
    private static final Path OPTIONS = Path.of("scripts/jvm-options");
    private static final Path CACHE = Path.of("target/portero.aot");
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private PackagedProgram() {}

    /** The name of this runtime in {@code --version} and in the metrics. */
    public static String runtime() {
        return isNative() ? "native" : "jvm";
    }

    static boolean isNative() {
        return !System.getProperty(EXECUTABLE, "").isBlank();
    }

    /** The command line that starts the program with these arguments. */
    public static List<String> words(String... arguments) {
        var words = new ArrayList<>(isNative() ? executable() : onThisJvm());
        words.addAll(List.of(arguments));
        return words;
    }

    private static List<String> executable() {
        var file = Path.of(System.getProperty(EXECUTABLE)).toAbsolutePath();
        if (!Files.isExecutable(file)) {
            throw new AssertionError(file + " is no executable: make native");
        }
        return List.of(file.toString());
    }

    private static List<String> onThisJvm() {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "@" + OPTIONS.toAbsolutePath(),
                // the JVM silently ignores a missing cache, and one of another build
                "-XX:AOTCache=" + CACHE.toAbsolutePath(),
                "-Xlog:disable",
                "-jar",
                JAR.toAbsolutePath().toString());
    }

    /** Runs the program to its end, in this process's namespace. */
    public static CommandResult.Completed run(String... arguments) {
        var command = new Command(words(arguments), "", TIMEOUT);
        return switch (new ProcessRunner().run(command)) {
            case CommandResult.Completed done -> done;
            case CommandResult.NotStarted not -> throw new AssertionError(not.toString());
            case CommandResult.TimedOut out -> throw new AssertionError(out.toString());
        };
    }
}
