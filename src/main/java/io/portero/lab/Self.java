package io.portero.lab;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Knows how to start this program again, natively or on a JVM.
 *
 * @param words the program and the arguments that come before portero's own
 */
public record Self(List<String> words) {
    private static final List<String> LIGHT =
            List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-Xmx96m");
    private static final String MAIN = "io.portero.Main";

    public Self {
        words = List.copyOf(words);
    }

    public static Self find() {
        var classes = System.getProperty("java.class.path", "");
        if (System.getProperty("org.graalvm.nativeimage.imagecode") != null || classes.isEmpty()) {
            return new Self(List.of(executable()));
        }
        var words = new ArrayList<String>();
        words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        words.addAll(LIGHT);
        // The child must use the same log manager as the packaged application.
        words.add("-Djava.util.logging.manager=org.jboss.logmanager.LogManager");
        if (isOneJar(classes)) {
            words.addAll(List.of("-jar", absolute(classes)));
        } else {
            words.addAll(List.of("-cp", absolute(classes), MAIN));
        }
        return new Self(words);
    }

    private static String executable() {
        return ProcessHandle.current().info().command().orElse("/proc/self/exe");
    }

    private static boolean isOneJar(String classes) {
        return classes.endsWith(".jar") && !classes.contains(File.pathSeparator) && Files.exists(Path.of(classes));
    }

    /** The child may have another working directory. */
    private static String absolute(String classes) {
        var parts = new ArrayList<String>();
        for (var part : classes.split(File.pathSeparator, -1)) {
            parts.add(Path.of(part).toAbsolutePath().toString());
        }
        return String.join(File.pathSeparator, parts);
    }

    /** The command that starts this program with these arguments. */
    public List<String> with(String... arguments) {
        var all = new ArrayList<>(words);
        all.addAll(List.of(arguments));
        return all;
    }
}
