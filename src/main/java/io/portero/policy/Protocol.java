package io.portero.policy;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The IP protocols that a service can be offered over, by their IANA numbers. */
public enum Protocol {
    TCP(6, true),
    UDP(17, true),
    SCTP(132, true),
    ESP(50, false),
    AH(51, false),
    GRE(47, false),
    VRRP(112, false);

    private final int number;
    private final boolean hasPorts;

    Protocol(int number, boolean hasPorts) {
        this.number = number;
        this.hasPorts = hasPorts;
    }

    public int number() {
        return number;
    }

    /** Whether packets of this protocol carry ports; the others are admitted as a whole. */
    public boolean hasPorts() {
        return hasPorts;
    }

    /** The name as policies and nft write it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<Protocol> of(String word) {
        return Arrays.stream(values()).filter(p -> p.word().equals(word)).findFirst();
    }
}
