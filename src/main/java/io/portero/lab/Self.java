package io.portero.lab;

import java.io.File;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Knows how to start this program again, natively or on a JVM.
 *
 * @param words the program and the arguments that come before portero's own
 * @param probe the command that starts a {@link Probe}; on a JVM it takes a tenth of the CPU time of the whole program
 */
public record Self(List<String> words, List<String> probe) {
    private static final List<String> LIGHT =
            List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-Xmx96m");
    private static final String MAIN = "io.portero.Main";

    public Self {
        words = List.copyOf(words);
        probe = List.copyOf(probe);
    }

    public static Self find() {
        var classes = System.getProperty("java.class.path", "");
        if (System.getProperty("org.graalvm.nativeimage.imagecode") != null || classes.isEmpty()) {
            return new Self(List.of(executable()), List.of(executable(), "demo-probe"));
        }
        var words = new ArrayList<String>();
        words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        words.addAll(LIGHT);
        var probe = new ArrayList<>(words);
        probe.addAll(List.of("-cp", classesOfProbe(), Probe.class.getName()));
        // The child must use the same log manager as the packaged application.
        words.add("-Djava.util.logging.manager=org.jboss.logmanager.LogManager");
        if (isOneJar(classes)) {
            words.addAll(List.of("-jar", absolute(classes)));
        } else {
            words.addAll(List.of("-cp", absolute(classes), MAIN));
        }
        return new Self(words, probe);
    }

    private static String classesOfProbe() {
        return Path.of(URI.create(Probe.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toString()))
                .toString();
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
