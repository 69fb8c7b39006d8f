package io.portero.config;

import io.portero.policy.Problem;
import io.portero.policy.Problem.Severity;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects what is found wrong with one file. */
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

    boolean haveErrorBelow(String key) {
        return problems.stream()
                .anyMatch(p -> p.severity() == Severity.ERROR && p.key().startsWith(key));
    }

    boolean hasErrors() {
        return problems.stream().anyMatch(p -> p.severity() == Severity.ERROR);
    }

    List<Problem> inOrder() {
        return problems.stream().sorted(Comparator.comparingInt(Problem::line)).toList();
    }
}
