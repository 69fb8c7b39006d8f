package io.portero.compile;

import io.portero.policy.Family;
import java.util.Optional;

/** A way in which the verdict of a staged policy differs from that of the policy in force. */
public enum StageChange {
    /** The packet is admitted now, and the staged policy would drop it. */
    DROP("drop"),
    /** The packet is dropped now, and the staged policy would admit it. */
    ADMIT("admit");

    private final String word;

    StageChange(String word) {
        this.word = word;
    }

    public String word() {
        return word;
    }

    /** The base chain, and the prefix of the names of its parts; {@code drop} alone is a keyword of nft. */
    String chain() {
        return "would_" + word;
    }

    private String counters() {
        return "staged_" + word + "_";
    }

    private String sets(String kind) {
        return chain() + "." + kind + ".";
    }

    /** Counts the packets of one service. */
    public String counter(String service) {
        return counters() + service;
    }

    /** The set of sources, protocols and ports. */
    String flows(String service, Family family) {
        return sets("flows") + service + "_" + family.suffix();
    }

    /** The set of sources and protocols that have no ports. */
    String protocols(String service, Family family) {
        return sets("protocols") + service + "_" + family.suffix();
    }

    /** The service that a counter counts for, if it counts this. */
    public Optional<String> serviceOfCounter(String counter) {
        return behind(counter, counters());
    }

    /** The service whose sources a set remembers, if it remembers these. */
    public Optional<String> serviceOfSet(String set) {
        int end = set.lastIndexOf('_');
        return end < 0
                ? Optional.empty()
                : behind(set.substring(0, end), sets("flows"))
                        .or(() -> behind(set.substring(0, end), sets("protocols")));
    }

    private static Optional<String> behind(String name, String prefix) {
        return name.startsWith(prefix) ? Optional.of(name.substring(prefix.length())) : Optional.empty();
    }
}
