package io.portero.compile;

/**
 * The names of the parts of a service in the kernel.
 *
 * <p>A service's name has no dot and the parts differ by prefix or suffix, so no two services share a name.
 */
public record ServiceNames(String service) {

    /** The chain that looks the source up. */
    public String chain() {
        return "service_" + service;
    }

    /** The set of literal sources. */
    String from() {
        return chain() + ".from";
    }

    /** The chain for packets that come in by the service's interfaces. */
    String on() {
        return "on_" + service;
    }

    /** The chain for packets to the service's addresses. */
    String to() {
        return "to_" + service;
    }

    /** The chain for the rate limit, and the prefix of the names of its parts. */
    String limit() {
        return "limit_" + service;
    }

    /** The set of sources that are banned for exceeding the limit. */
    String exceeded() {
        return limit() + ".banned";
    }

    /** The chain and the sets of draining sources. */
    public String draining() {
        return "drain_" + service;
    }

    /** The set of draining single addresses. */
    public String drainingHosts() {
        return draining() + ".hosts";
    }

    /** The set of guests; the dot keeps the name apart from those of groups. */
    public String guests() {
        return chain() + ".guests";
    }

    String acceptChain() {
        return "accept_" + service;
    }

    /** Counts the packets that are let through. */
    public String accepted() {
        return chain() + "_accept";
    }

    /** Counts the packets whose source is not admitted. */
    public String refused() {
        return chain() + "_drop";
    }

    /** Counts the first packet of each flow that is let through. */
    public String connections() {
        return chain() + "_new";
    }
}
