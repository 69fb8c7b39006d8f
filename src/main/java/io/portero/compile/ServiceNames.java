package io.portero.compile;

/**
 * What the parts of a service are called in the kernel.
 *
 * <p>A service's name has no dot and the parts differ by prefix or suffix, so no two services share a name.
 */
public record ServiceNames(String service) {

    /** The chain that looks the source up. */
    public String chain() {
        return "service_" + service;
    }

    /** The set of sources that are written out. */
    String from() {
        return chain() + ".from";
    }

    /** The chain for what comes in by the service's interfaces. */
    String on() {
        return "on_" + service;
    }

    /** The chain for what is sent to the service's addresses. */
    String to() {
        return "to_" + service;
    }

    /** The chain that counts what each source sends, and the beginning of the names of what belongs to it. */
    String limit() {
        return "limit_" + service;
    }

    /** The set of sources that are banned for sending too much. */
    String exceeded() {
        return limit() + ".banned";
    }

    /** The chain, and the sets, of sources whose flows may go on for a while. */
    public String draining() {
        return "drain_" + service;
    }

    /** The set of those that are single addresses. */
    public String drainingHosts() {
        return draining() + ".hosts";
    }

    /** The set of sources that are let in for a while by command; the dot keeps the name apart from those of groups. */
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
