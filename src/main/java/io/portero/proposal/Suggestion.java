package io.portero.proposal;

import io.portero.exposure.Listener;
import io.portero.policy.AddressSet;
import io.portero.policy.Policy;
import io.portero.proposal.Finding.Kind;
import io.portero.telephony.Installation;
import java.util.Comparator;
import java.util.List;

/**
 * The additions that would let a policy admit what it refused in mode observe.
 *
 * @param additions sorted by port, the policy's own services first
 * @param findings on everything that was refused, the busiest first
 * @param outgoing the same for outgoing packets
 */
public record Suggestion(List<Addition> additions, List<Finding> findings, OutgoingSuggestion outgoing) {
    /** From this number of sources on, a person must decide. */
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
     * @param banned the banned sources
     * @param leaving dropped outgoing packets of this host and its containers, by destination
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

    /** The additions that take effect when pasted. */
    public List<Addition> active() {
        return additions.stream().filter(a -> !a.isForMany()).toList();
    }

    /** The additions that need a decision by a person. */
    public List<Addition> forMany() {
        return additions.stream().filter(Addition::isForMany).toList();
    }

    public List<Finding> of(Kind kind) {
        return findings.stream().filter(f -> f.is(kind)).toList();
    }
}
