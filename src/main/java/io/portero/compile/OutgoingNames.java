package io.portero.compile;

/**
 * What the parts of an outgoing service are called in the kernel.
 *
 * <p>Their names begin with {@code outgoing_}; other parts of Portero's have no such names.
 */
public record OutgoingNames(String service) {
    /** What the names of chains end with that refuse. */
    static final String REFUSE = ".refuse";

    /** The chain for packets to the service's ports. */
    String chain() {
        return "outgoing_" + service;
    }

    /** The set of destinations that are written out. */
    String to() {
        return chain() + ".to";
    }

    /** The chain for what leaves by the service's interfaces. */
    String on() {
        return chain() + ".on";
    }

    String acceptChain() {
        return chain() + ".accept";
    }

    String refuseChain() {
        return chain() + REFUSE;
    }

    /** Counts the packets that leave. */
    public String accepted() {
        return chain() + "_accept";
    }

    /** Counts the packets that do not. */
    public String refused() {
        return chain() + "_drop";
    }

    /** Counts the first packet of each flow that leaves. */
    public String connections() {
        return chain() + "_new";
    }
}
