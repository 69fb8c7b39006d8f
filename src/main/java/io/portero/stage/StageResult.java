package io.portero.stage;

import io.portero.policy.Problem;
import java.util.List;

/** What came of staging a policy, or of ending that. */
public sealed interface StageResult {
    /**
     * @param says a clause
     * @param gaps what is not compared
     */
    record Done(String says, List<Problem> warnings, StageGaps gaps) implements StageResult {
        public Done {
            warnings = List.copyOf(warnings);
        }
    }

    /** It is no policy; what was staged before stays. */
    record Refused(List<Problem> problems) implements StageResult {
        public Refused {
            problems = List.copyOf(problems);
        }
    }

    /** @param why a sentence that says what to do */
    record Failed(String why) implements StageResult {}
}
