package io.portero.cli;

import io.portero.policy.AddressRange;
import io.portero.policy.Ip;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** Reads the address that is to be banned or no longer to be. */
final class BanAddress {
    private BanAddress() {}

    static Ip parse(CommandLine line, String text) {
        try {
            return Ip.parse(text);
        } catch (Ip.NotAnAddress e) {
            throw new ParameterException(line, "\"" + text + "\" is not one address: " + way(text, e));
        }
    }

    private static String way(String text, Ip.NotAnAddress problem) {
        try {
            AddressRange.parse(text);
            return "only single addresses can be banned; refuse networks and ranges in the policy file: put " + text
                    + " into a group that deny names";
        } catch (Ip.NotAnAddress e) {
            return String.valueOf(problem.getMessage());
        }
    }
}
