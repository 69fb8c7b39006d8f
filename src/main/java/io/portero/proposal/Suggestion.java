package io.portero.proposal;

import io.portero.exposure.Listener;
import io.portero.policy.AddressSet;
import io.portero.policy.Policy;
import io.portero.proposal.Finding.Kind;
import io.portero.telephony.Installation;
import java.util.Comparator;
import java.util.List;

/**
 * What would have to be added to a policy so that it admits what was refused while it was observed.
 *
 * @param additions sorted by port, the policy's own services first
 * @param findings on everything that was refused, the busiest first
 * @param outgoing the same for what was to leave
 */
public record Suggestion(List<Addition> additions, List<Finding> findings, OutgoingSuggestion outgoing) {
    /** From so many sources on nobody is admitted without a person who says so. */
    static final int MANY = 64;

    static final Comparator<Refused> BUSIEST = Comparator.comparingLong(Refused::packets)
            .reversed()
            .thenComparing(Refused::source)
            .thenComparing(Refused::port);

    public Suggestion {
        additions = List.copyOf(additions);
        findings = List.copyOf(findings);
    }

    /**
     * @param banned whoever is shut out for a while or for ever
     * @param leaving what did not leave this host and its containers, by destination
     */
    public static Suggestion of(
            Policy policy,
            AddressSet banned,
            List<Listener> listeners,
            List<Installation> voice,
            List<Refused> refused,
            List<Refused> leaving) {
        var judge = new Judge(policy, banned, listeners, voice, refused);
        var findings = refused.stream().sorted(BUSIEST).map(judge::judge).toList();
        var additions = new Additions(policy, listeners, voice).of(findings);
        var groups = additions.stream().map(Addition::group).toList();
        return new Suggestion(additions, findings, OutgoingSuggestion.of(policy, groups, leaving));
    }

    /** Those that are pasted and admit somebody. */
    public List<Addition> active() {
        return additions.stream().filter(a -> !a.isForMany()).toList();
    }

    /** Those that a person has to decide about. */
    public List<Addition> forMany() {
        return additions.stream().filter(Addition::isForMany).toList();
    }

    public List<Finding> of(Kind kind) {
        return findings.stream().filter(f -> f.is(kind)).toList();
    }
}
