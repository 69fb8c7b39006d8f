package io.portero.stage;

import io.portero.policy.Problem;
import java.util.List;

/** The result of staging a policy, or of ending a stage. */
public sealed interface StageResult {
    /**
     * @param says a clause
     * @param gaps the parts that are not compared
     */
    record Done(String says, List<Problem> warnings, StageGaps gaps) implements StageResult {
        public Done {
            warnings = List.copyOf(warnings);
        }
    }

    /** The policy is invalid; the previous stage stays. */
    record Refused(List<Problem> problems) implements StageResult {
        public Refused {
            problems = List.copyOf(problems);
        }
    }

    /** @param why a sentence that says what to do */
    record Failed(String why) implements StageResult {}
}
