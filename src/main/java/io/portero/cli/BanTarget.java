package io.portero.cli;

import io.portero.policy.AddressRange;
import io.portero.policy.Ip;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** Parses the address, network or range of a ban. */
final class BanTarget {
    private BanTarget() {}

    /** Thrown for a target that cannot be banned; the message is a clause that quotes the text. */
    static final class NotATarget extends Exception {
        NotATarget(String why) {
            super(why, null, false, false);
        }
    }

    static AddressRange parse(String text) throws NotATarget {
        AddressRange range;
        try {
            range = AddressRange.parse(text);
        } catch (Ip.NotAnAddress e) {
            throw new NotATarget("\"" + text + "\" is not an address, a network or a range: " + e.getMessage());
        }
        if (range.prefixLength() == 0) {
            throw new NotATarget("\"" + text + "\" is everybody; ban a smaller network, or change the policy file");
        }
        return range;
    }

    static AddressRange parse(CommandLine line, String text) {
        try {
            return parse(text);
        } catch (NotATarget e) {
            throw new ParameterException(line, String.valueOf(e.getMessage()));
        }
    }
}
