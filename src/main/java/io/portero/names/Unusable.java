package io.portero.names;

import io.portero.policy.AddressRange;
import io.portero.policy.AddressSet;
import io.portero.policy.Ip;
import java.util.stream.Stream;

/**
 * Addresses that cannot belong to another host on the network: loopback, unspecified, multicast and broadcast,
 * link-local.
 *
 * <p>A filtering or poisoned resolver returns them; to admit them would admit the wrong sources (RFC 6890).
 */
final class Unusable {
    private static final AddressSet ADDRESSES = AddressSet.of(
            Stream.of("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3", "::/96", "fe80::/10", "ff00::/8")
                    .map(Unusable::network)
                    .toList());

    private Unusable() {}

    static boolean contains(Ip address) {
        return ADDRESSES.contains(address);
    }

    private static AddressRange network(String text) {
        try {
            return AddressRange.parse(text);
        } catch (Ip.NotAnAddress e) {
            throw new IllegalStateException(text, e);
        }
    }
}
