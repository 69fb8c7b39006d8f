package io.portero.lists;

import io.portero.policy.AddressRange;
import io.portero.policy.AddressSet;
import io.portero.policy.Family;
import io.portero.policy.Ip;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Decides which addresses the agent may connect to for a list: those on the Internet, and the address in the URL of the
 * policy.
 *
 * <p>A name or a redirect to this host or its networks would let a server attack what runs there through the agent
 * (server-side request forgery).
 *
 * @param named the address in the URL of the policy
 */
record Destinations(Optional<Ip> named) {
    /** These are not hosts on the Internet (RFC 6890, RFC 4291), or they embed an IPv4 address and lead to it. */
    private static final AddressSet NOBODY = AddressSet.of(Stream.of(
                    "0.0.0.0/8",
                    "192.0.0.0/24",
                    "224.0.0.0/3",
                    "::/96",
                    "::ffff:0:0:0/96",
                    "100::/64",
                    "fec0::/10",
                    "ff00::/8",
                    "64:ff9b:1::/48",
                    "2001::/32",
                    "2002::/16")
            .map(Destinations::network)
            .toList());

    /** An IPv4 address behind a NAT64 translator (RFC 6052): judge the embedded address. */
    private static final AddressRange TRANSLATED = network("64:ff9b::/96");

    boolean admit(Ip address) {
        return named.filter(address::equals).isPresent() || isOnTheInternet(address);
    }

    private static boolean isOnTheInternet(Ip address) {
        return TRANSLATED.contains(address)
                ? isOnTheInternet(new Ip(Family.V4, 0, address.low()))
                : address.isPublic() && !NOBODY.contains(address);
    }

    private static AddressRange network(String text) {
        try {
            return AddressRange.parse(text);
        } catch (Ip.NotAnAddress e) {
            throw new IllegalStateException(text, e);
        }
    }
}
