package io.portero.policy;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Reads a protocol that is admitted as a whole, by its name or as {@code protocol:N}. */
final class BareProtocol {
    /** The names that people, IANA and nft use. */
    private static final Set<String> ICMP = Set.of("icmp", "icmpv6", "ipv6-icmp", "protocol:1", "protocol:58");

    private BareProtocol() {}

    /** The protocol; nothing if the text is not meant as a protocol. */
    static Optional<Protocol> parse(String text) throws PortRange.NotAPort {
        if (ICMP.contains(text.toLowerCase(Locale.ROOT))) {
            throw new PortRange.NotAPort("necessary ICMP always passes, and the key ping says who may ping");
        }
        var protocol = text.startsWith(Protocol.PREFIX)
                ? Optional.of(numbered(text.substring(Protocol.PREFIX.length())))
                : Protocol.of(text);
        if (protocol.isPresent() && protocol.get().hasPorts()) {
            var word = protocol.get().word();
            throw new PortRange.NotAPort(
                    text.equals(word)
                            ? "it needs a port before the protocol, such as 443/" + word
                            : "that is " + word + ", which needs a port, such as 443/" + word);
        }
        return protocol;
    }

    private static Protocol numbered(String digits) throws PortRange.NotAPort {
        return (digits.matches("\\d{1,3}") ? Protocol.of(Integer.parseInt(digits)) : Optional.<Protocol>empty())
                .orElseThrow(() -> new PortRange.NotAPort(
                        "a protocol number is from 0 to 255, such as " + Protocol.PREFIX + "41"));
    }

    /** Why the text is neither a protocol nor ports. */
    static String whyNeither(String text) {
        if (text.matches("\\d+(-\\d+)?")) {
            return "it needs its protocol: " + text + "/tcp or " + text + "/udp" + orProtocol(text);
        }
        var lower = text.toLowerCase(Locale.ROOT);
        if (!lower.equals(text)) {
            return "write the protocol in lower case: " + lower;
        }
        return text.matches("[a-z0-9-]+")
                ? "a protocol without ports must be one of "
                        + Protocol.named().stream()
                                .filter(p -> !p.hasPorts())
                                .map(Protocol::word)
                                .collect(Collectors.joining(", "))
                        + " or " + Protocol.PREFIX + "N"
                : "write PORT/PROTO or PORT-PORT/PROTO, such as 443/tcp or 20000-30000/udp";
    }

    /** A bare number may be meant as a protocol number. */
    private static String orProtocol(String text) {
        return text.matches("\\d{1,3}")
                ? Protocol.of(Integer.parseInt(text))
                        .filter(p -> !p.hasPorts())
                        .map(p -> "; or, for the IP protocol, " + Protocol.PREFIX + text)
                        .orElse("")
                : "";
    }
}
