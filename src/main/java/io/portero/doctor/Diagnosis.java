package io.portero.doctor;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The result of an examination.
 *
 * @param findings by topic, the worst first
 * @param lookedAt what was examined, in words
 * @param unseen what could not be examined
 */
public record Diagnosis(List<Finding> findings, List<String> lookedAt, List<String> unseen) {
    public Diagnosis {
        findings = findings.stream().distinct().sorted(Finding.ORDER).toList();
        lookedAt = List.copyOf(lookedAt);
        unseen = List.copyOf(unseen);
    }

    /** Whether there is an error or a warning; hints do not count. */
    public boolean isWrong() {
        return findings.stream().anyMatch(f -> f.severity() != Severity.HINT);
    }

    /** The number of findings of each severity. */
    public Map<Severity, Long> count() {
        var count = new EnumMap<Severity, Long>(Severity.class);
        for (var severity : Severity.values()) {
            count.put(
                    severity,
                    findings.stream().filter(f -> f.severity() == severity).count());
        }
        return count;
    }
}
