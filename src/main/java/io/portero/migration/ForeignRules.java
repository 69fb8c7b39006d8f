package io.portero.migration;

import io.portero.policy.AddressSet;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The rules of another firewall for incoming packets, in their own order.
 *
 * @param closed whether it refuses what no rule admits
 * @param ping who may ping
 * @param left what could not be read as a rule, a sentence with the place for each
 */
public record ForeignRules(boolean closed, AddressSet ping, List<ForeignRule> rules, List<String> left) {
    public ForeignRules {
        rules = List.copyOf(rules);
        left = List.copyOf(left);
    }

    /** Joins both; no packet is subject to rules of both. */
    public ForeignRules and(ForeignRules other) {
        return new ForeignRules(
                closed && other.closed, ping.union(other.ping), both(rules, other.rules), both(left, other.left));
    }

    private static <T> List<T> both(List<T> these, List<T> those) {
        return Stream.concat(these.stream(), those.stream()).distinct().toList();
    }

    /** Collects rules while they are read. */
    static final class Reading {
        private final List<ForeignRule> rules = new ArrayList<>();
        private final List<String> left = new ArrayList<>();
        private AddressSet ping = AddressSet.EMPTY;

        void rule(ForeignRule rule) {
            rules.add(rule);
        }

        void ping(AddressSet from) {
            ping = ping.union(from);
        }

        /** @param what the text in the file */
        void left(String where, String what, String why) {
            left(where + ": " + what + ": " + why);
        }

        void left(String sentence) {
            left.add(sentence);
        }

        ForeignRules end(boolean closed) {
            return new ForeignRules(
                    closed, ping, rules, left.stream().distinct().toList());
        }
    }
}
