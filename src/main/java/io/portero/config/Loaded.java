package io.portero.config;

import io.portero.policy.AddressSet;
import io.portero.policy.Policy;
import io.portero.policy.Problem;
import io.portero.policy.Reference;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** The result of reading a policy file. */
public sealed interface Loaded {

    /** All problems, in the order of the lines. */
    List<Problem> problems();

    /**
     * The file is a valid policy; its problems are warnings.
     *
     * @param text the file as it was read, so that it can be stored
     */
    record Accepted(Policy policy, AgentSettings settings, String text, List<Problem> problems) implements Loaded {
        public Accepted {
            problems = List.copyOf(problems);
        }

        /** The same policy with the current addresses of names and lists on the web. */
        public Accepted with(Map<? extends Reference, AddressSet> current) {
            return new Accepted(policy.with(current), settings, text, problems);
        }

        /** The same policy at this time: without members whose time is over. */
        public Accepted at(Instant now) {
            return new Accepted(policy.at(now), settings, text, problems);
        }

        /** Whether the policy file and its lists have the same content. */
        public boolean isSameContent(Accepted other) {
            return text.equals(other.text) && policy.lists().equals(other.policy.lists());
        }

        /** A text that changes whenever the policy file or one of its lists has other content. */
        public String content() {
            return text + policy.lists();
        }
    }

    /** The file is not a valid policy, and the rules in force stay. */
    record Refused(List<Problem> problems) implements Loaded {
        public Refused {
            problems = List.copyOf(problems);
        }
    }
}
