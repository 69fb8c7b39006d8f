package io.portero.safety;

import io.portero.config.Loaded;
import io.portero.config.PolicyReader;
import io.portero.policy.Ip;
import io.portero.policy.Policy;
import java.util.List;
import java.util.Optional;

/** Policies and sessions in a short notation. */
final class Sessions {
    private Sessions() {}

    static Policy policy(String text) {
        return ((Loaded.Accepted) new PolicyReader().parse("p.yaml", text)).policy();
    }

    /** A policy with ssh from these sources. */
    static Policy ssh(String from) {
        return policy("services: { ssh: { ports: [22/tcp], from: [%s], management: true } }\n".formatted(from));
    }

    static Ip ip(String text) {
        try {
            return Ip.parse(text);
        } catch (Ip.NotAnAddress e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    /** A connection without a login. */
    static Session handshake(String peer, int peerPort) {
        return new Session(ip(peer), peerPort, 22, true, Optional.of("eth0"), List.of());
    }

    static Session login(String peer, int peerPort, String... logins) {
        return new Session(ip(peer), peerPort, 22, true, Optional.of("eth0"), List.of(logins));
    }
}
