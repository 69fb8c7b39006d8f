package io.portero.compile;

/**
 * The names of the parts of an outgoing service in the kernel.
 *
 * <p>They begin with {@code outgoing_}, and no other names do.
 */
public record OutgoingNames(String service) {
    /** The suffix of the names of refusing chains. */
    static final String REFUSE = ".refuse";

    /** The chain for packets to the service's ports. */
    String chain() {
        return "outgoing_" + service;
    }

    /** The set of literal destinations. */
    String to() {
        return chain() + ".to";
    }

    /** The chain for packets that leave by the service's interfaces. */
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

    /** Counts the packets that do not leave. */
    public String refused() {
        return chain() + "_drop";
    }

    /** Counts the first packet of each flow that leaves. */
    public String connections() {
        return chain() + "_new";
    }
}
