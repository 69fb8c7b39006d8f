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
 * The program as it was packaged: on a JVM, or the native executable that {@code -Dportero.executable=FILE} names.
 *
 * <p>So one suite of tests holds both to the same.
 */
public final class PackagedProgram {
    /** Names the native executable to test. */
    public static final String EXECUTABLE = "portero.executable";

    private static final Path JAR = Path.of("target/quarkus-app/quarkus-run.jar");
    private static final Path OPTIONS = Path.of("scripts/jvm-options");
    private static final Path CACHE = Path.of("target/portero.aot");
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private PackagedProgram() {}

    /** What {@code --version} and the metrics call it. */
    public static String runtime() {
        return isNative() ? "native" : "jvm";
    }

    private static boolean isNative() {
        return !System.getProperty(EXECUTABLE, "").isBlank();
    }

    /** The words that start it with these arguments. */
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
                "-XX:AOTCache=" + CACHE.toAbsolutePath(), // one of another build, or none, is passed over in silence
                "-Xlog:disable",
                "-jar",
                JAR.toAbsolutePath().toString());
    }

    /** Runs it to its end, where this process is. */
    public static CommandResult.Completed run(String... arguments) {
        var command = new Command(words(arguments), "", TIMEOUT);
        return switch (new ProcessRunner().run(command)) {
            case CommandResult.Completed done -> done;
            case CommandResult.NotStarted not -> throw new AssertionError(not.toString());
            case CommandResult.TimedOut out -> throw new AssertionError(out.toString());
        };
    }
}
