package io.portero.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * An interface towards the Internet, and whether a policy trusts it.
 *
 * <p>Names alone are compared, as the kernel's rules do: {@code br-*} is meant for container bridges, but also matches
 * a bridged uplink {@code br-ext}.
 *
 * @param why the reason why it is an uplink, as a clause
 * @param trustedBy the pattern that trusts it
 */
public record Uplink(String name, String why, Optional<InterfacePattern> trustedBy) {
    private static final String HOLDS_ROUTE = "holds a default route";

    /** The uplinks of a host, ordered by name; {@code lo} is never one. */
    public static List<Uplink> of(Policy policy, Surroundings host) {
        var found = new TreeMap<String, String>();
        host.defaultRoutes().forEach(route -> found.put(route.via(), HOLDS_ROUTE));
        host.defaultRoutes()
                .forEach(route -> route.source()
                        .filter(Ip::isPublic)
                        .ifPresent(source -> host.addresses().forEach((name, addresses) -> {
                            if (addresses.contains(source)) {
                                found.putIfAbsent(name, "has the address " + source + ", which a default route uses");
                            }
                        })));
        found.remove(InterfacePattern.LOOPBACK.text());
        var uplinks = new ArrayList<Uplink>();
        found.forEach((name, why) -> uplinks.add(new Uplink(name, why, policy.trust(name))));
        return uplinks;
    }

    /** The trusted uplinks. */
    public static List<Uplink> trusted(Policy policy, Surroundings host) {
        return of(policy, host).stream().filter(Uplink::isTrusted).toList();
    }

    /** The uplinks that are trusted without {@code safety.trust-uplink}. */
    public static List<Uplink> trustedByAccident(Policy policy, Surroundings host) {
        return policy.safety().trustUplink() ? List.of() : trusted(policy, host);
    }

    /** The same for an uplink that is trusted on purpose. */
    public Uplink untrusted() {
        return new Uplink(name, why, Optional.empty());
    }

    /** What it means that an uplink is trusted, as a warning. */
    public String danger() {
        return "the uplink " + name + " is trusted, because trusted-interfaces has "
                + trustedBy.map(InterfacePattern::text).orElse("") + " and " + name + " " + why
                + ": packets that come in by it are not filtered; name only the intended interfaces, or write"
                + " safety.trust-uplink: true";
    }

    public boolean isTrusted() {
        return trustedBy.isPresent();
    }

    /** What a trusted uplink means for the exposure of the host. */
    public String consequence() {
        return "everybody who comes in by " + name + " reaches all of this, because it is trusted"
                + " (trusted-interfaces: "
                + trustedBy.map(InterfacePattern::text).orElse("") + ")";
    }

    /** The problem with a trusted uplink, and the remedy. */
    public String warning() {
        var pattern = trustedBy.map(InterfacePattern::text).orElse("");
        return "uplink is trusted: \"" + pattern + "\" matches " + name + ", which " + why
                + ", so packets that come in by it would not be filtered; name only the intended interfaces,"
                + " or write safety.trust-uplink: true";
    }
}
