package io.portero.config;

import io.portero.policy.AddressSet;
import io.portero.policy.Problem;
import io.portero.policy.Problem.Severity;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The text of a list that comes from elsewhere than a file, read as those in files are.
 *
 * @param members worth something only when there is no error
 */
public record ListReading(AddressSet members, List<Problem> problems) {
    public ListReading {
        problems = List.copyOf(problems);
    }

    /** @param name what problems call it */
    public static ListReading of(String name, String text) {
        var findings = new Findings(name);
        var members = ListText.read(text, findings);
        return new ListReading(members, findings.inOrder());
    }

    /** The first wrong line; never the sentence that only counts how many more there are. */
    public Optional<Problem> error() {
        return problems.stream()
                .filter(p -> p.severity() == Severity.ERROR)
                .min(Comparator.comparing((Problem p) -> p.line() == 0));
    }
}
