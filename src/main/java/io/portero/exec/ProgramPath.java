package io.portero.exec;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The directories where programs are searched: the path of this process, then the directories of administration
 * programs, which the path of a service or of an ordinary user may lack.
 *
 * <p>The first place where a program is found stays its place. If it disappears from there, it is missing: no other
 * program of the same name is started instead.
 */
final class ProgramPath {
    private static final List<Path> ADMINISTRATION = List.of(Path.of("/usr/sbin"), Path.of("/sbin"));
    private static final String USUAL = "/usr/bin:/bin";

    /** Created on first use: static initializers of a native executable run on the build machine. */
    private static @Nullable ProgramPath here;

    private final List<Path> given;
    private final List<Path> more;
    private final Map<String, String> found = new ConcurrentHashMap<>();

    /**
     * @param path directories separated by colons
     * @param more directories to search after those
     */
    ProgramPath(@Nullable String path, List<Path> more) {
        this.given = Stream.of((path == null ? USUAL : path).split(":", -1))
                .filter(d -> !d.isEmpty())
                .map(Path::of)
                .toList();
        this.more = List.copyOf(more);
    }

    /** The path of this process. */
    static synchronized ProgramPath here() {
        if (here == null) {
            here = new ProgramPath(System.getenv("PATH"), ADMINISTRATION);
        }
        return here;
    }

    /**
     * The process to start for these words. A name that the path of this process finds stays a name, and so does a name
     * that is found nowhere.
     */
    ProcessBuilder builder(List<String> words) {
        var found =
                Stream.concat(Stream.of(find(words.getFirst())), words.stream().skip(1));
        var builder = new ProcessBuilder(found.toList());
        builder.environment().put("LC_ALL", "C");
        builder.environment().put("PATH", text());
        return builder;
    }

    String find(String program) {
        var known = found.get(program);
        if (known != null) {
            return known;
        }
        if (program.contains("/")) {
            return program;
        }
        if (given.stream().anyMatch(d -> holds(d, program))) {
            return remember(program, program);
        }
        return more.stream()
                .filter(d -> holds(d, program))
                .findFirst()
                .map(d -> remember(program, d.resolve(program).toString()))
                .orElse(program);
    }

    private String remember(String program, String place) {
        found.put(program, place);
        return place;
    }

    private static boolean holds(Path directory, String program) {
        var file = directory.resolve(program);
        return Files.isRegularFile(file) && Files.isExecutable(file);
    }

    /** All directories, as the path for programs that start others. */
    private String text() {
        return Stream.concat(given.stream(), more.stream())
                .map(Path::toString)
                .collect(Collectors.toCollection(LinkedHashSet::new))
                .stream()
                .collect(Collectors.joining(":"));
    }
}
