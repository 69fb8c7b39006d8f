package io.portero.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.stream.Collectors;

/**
 * Finds what a host needs from others that {@code outgoing.default: drop} would block: its resolver, time servers, the
 * metadata service of a cloud, and HTTPS for packages, lists and fleet policies.
 */
public final class OutgoingNeeds {
    /** The address in all big clouds; RFC 3927. */
    private static final Ip METADATA = new Ip(Family.V4, 0, 0xa9fe_a9feL);

    private static final PortRange DNS = port(Protocol.UDP, 53);
    private static final PortRange NTP = port(Protocol.UDP, 123);
    private static final PortRange HTTP = port(Protocol.TCP, 80);
    private static final PortRange HTTPS = port(Protocol.TCP, 443);

    private final Policy policy;
    private final OutgoingExplainer explainer;
    private final List<Need> found = new ArrayList<>();

    private OutgoingNeeds(Policy policy) {
        this.policy = policy;
        this.explainer = new OutgoingExplainer(policy);
    }

    /**
     * A need that is blocked.
     *
     * @param what the need, as the end of a clause
     * @param consequence the consequence, as a clause
     * @param mend the remedy, as a clause
     */
    public record Need(String what, String consequence, String mend) {
        public String sentence() {
            return "nothing may leave to " + what + ": " + consequence + "; " + mend;
        }
    }

    /** The needs that the policy alone shows as blocked; none unless the default is drop. */
    public static List<Need> of(Policy policy) {
        var needs = new OutgoingNeeds(policy);
        if (policy.outgoing().otherwise() == Verdict.DROP) {
            needs.dns();
            needs.port(NTP, "the clock drifts", "admit 123/udp to your time servers");
            needs.metadata();
            needs.https();
        }
        return List.copyOf(needs.found);
    }

    /** The resolvers of this host that the policy blocks. */
    public static List<Need> of(Policy policy, SortedSet<Ip> resolvers) {
        var needs = new OutgoingNeeds(policy);
        var shut = resolvers.stream().filter(r -> needs.isShut(r, DNS)).toList();
        if (policy.outgoing().isOpen() || shut.isEmpty()) {
            return List.of();
        }
        var who = shut.stream().map(Ip::toString).collect(Collectors.joining(", "));
        return List.of(new Need(
                (shut.size() == 1 ? "the resolver " : "the resolvers ") + who,
                "host names cannot be resolved, not even those of this policy",
                "admit 53/udp and 53/tcp to " + (shut.size() == 1 ? "it" : "them")));
    }

    private boolean isShut(Ip to, PortRange port) {
        return explainer.explain(to, new Target.Port(port), Optional.empty()).verdict() == Verdict.DROP
                && policy.outgoing().enabledServices().stream()
                        .noneMatch(s -> s.has(port) && policy.member(s.to(), to).isPresent());
    }

    private boolean isNowhere(PortRange port) {
        return policy.outgoing().enabledServices().stream().noneMatch(s -> s.has(port));
    }

    private void dns() {
        port(DNS, "host names cannot be resolved", "admit 53/udp and 53/tcp to your resolvers");
    }

    private void port(PortRange port, String consequence, String mend) {
        if (isNowhere(port)) {
            found.add(new Need(port + " of anybody", consequence, mend));
        }
    }

    private void metadata() {
        if (isShut(METADATA, HTTP)) {
            found.add(new Need(
                    "the metadata service (80/tcp of " + METADATA + ")",
                    "on a cloud host, cloud-init and agents of the provider fail",
                    "admit it, or leave it closed if programs must not read credentials there"));
        }
    }

    private void https() {
        if (isNowhere(HTTPS)) {
            var lists = policy.urlLists().isEmpty() ? "" : ", and the lists of this policy are not fetched";
            found.add(new Need(
                    HTTPS + " of anybody",
                    "apt and other updates fail, and a fleet's store cannot be reached" + lists,
                    "admit 443/tcp (and 80/tcp for mirrors without TLS) of their servers"));
        }
    }

    private static PortRange port(Protocol protocol, int port) {
        return new PortRange(protocol, port, port);
    }
}
