package io.portero.config;

import io.portero.policy.AddressSet;
import io.portero.policy.Problem;
import io.portero.policy.Problem.Severity;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The text of a list that does not come from a file, parsed like a list file.
 *
 * @param members valid only if there is no error
 */
public record ListReading(AddressSet members, List<Problem> problems) {
    public ListReading {
        problems = List.copyOf(problems);
    }

    /** @param name the name of the list in problems */
    public static ListReading of(String name, String text) {
        var findings = new Findings(name);
        var members = ListText.read(text, findings);
        return new ListReading(members, findings.inOrder());
    }

    /** The first invalid line, and not the summary that counts the remaining errors. */
    public Optional<Problem> error() {
        return problems.stream()
                .filter(p -> p.severity() == Severity.ERROR)
                .min(Comparator.comparing((Problem p) -> p.line() == 0));
    }
}
