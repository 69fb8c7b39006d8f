package io.portero.config;

import io.portero.policy.Problem;
import io.portero.policy.Problem.Severity;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects the problems of one file, and of the files that it names. */
final class Findings {
    private final String file;
    private final List<Problem> problems = new ArrayList<>();

    Findings(String file) {
        this.file = file;
    }

    void error(int line, String key, String sentence) {
        problems.add(new Problem(Severity.ERROR, file, line, key, sentence));
    }

    void warning(int line, String key, String sentence) {
        problems.add(new Problem(Severity.WARNING, file, line, key, sentence));
    }

    /** Adds a problem of another file. */
    void add(Problem problem) {
        problems.add(problem);
    }

    /** The absolute path of a path that is relative to this file. */
    Path besides(String relative) {
        return Path.of(file).toAbsolutePath().resolveSibling(relative).normalize();
    }

    boolean haveErrorBelow(String key) {
        return problems.stream()
                .anyMatch(p -> p.severity() == Severity.ERROR && p.key().startsWith(key));
    }

    boolean hasErrors() {
        return problems.stream().anyMatch(p -> p.severity() == Severity.ERROR);
    }

    List<Problem> inOrder() {
        return problems.stream()
                .sorted(Comparator.comparing((Problem p) -> !p.file().equals(file))
                        .thenComparing(Problem::file)
                        .thenComparingInt(p -> p.line() == 0 && !p.file().equals(file) ? Integer.MAX_VALUE : p.line()))
                .toList();
    }
}
