package io.portero.config;

import io.portero.policy.AddressSet;
import io.portero.policy.Policy;
import io.portero.policy.Problem;
import io.portero.policy.Reference;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** What came of reading a policy file. */
public sealed interface Loaded {

    /** Everything that was found, in the order of the file's lines. */
    List<Problem> problems();

    /**
     * The file is a policy; its problems are warnings.
     *
     * @param text the file as it was read, for whoever keeps it
     */
    record Accepted(Policy policy, AgentSettings settings, String text, List<Problem> problems) implements Loaded {
        public Accepted {
            problems = List.copyOf(problems);
        }

        /** The same with what names and lists on the web stand for at present. */
        public Accepted with(Map<? extends Reference, AddressSet> current) {
            return new Accepted(policy.with(current), settings, text, problems);
        }

        /** The same as of then: without the members whose time is over. */
        public Accepted at(Instant now) {
            return new Accepted(policy.at(now), settings, text, problems);
        }

        /** Whether their files say the same. */
        public boolean isSameContent(Accepted other) {
            return text.equals(other.text) && policy.lists().equals(other.policy.lists());
        }

        /** Differs from that of another whenever one of their files says something else. */
        public String content() {
            return text + policy.lists();
        }
    }

    /** The file is none, and changes nothing. */
    record Refused(List<Problem> problems) implements Loaded {
        public Refused {
            problems = List.copyOf(problems);
        }
    }
}
