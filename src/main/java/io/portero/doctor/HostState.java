package io.portero.doctor;

import io.portero.exposure.Listener;
import io.portero.policy.Flow;
import io.portero.policy.Ip;
import io.portero.policy.Surroundings;
import io.portero.telephony.Installation;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The state of a host as it was read.
 *
 * @param flows the tracked flows that are addressed to this host
 * @param unseen one clause for each thing that could not be read, with a remedy
 */
public record HostState(
        Surroundings surroundings,
        List<Installation> voice,
        List<Listener> listeners,
        List<Flow> flows,
        SortedSet<Integer> sshPorts,
        Kernel kernel,
        Tables tables,
        Services services,
        List<String> unseen) {
    public HostState {
        voice = List.copyOf(voice);
        listeners = List.copyOf(listeners);
        flows = List.copyOf(flows);
        sshPorts = Collections.unmodifiableSortedSet(new TreeSet<>(sshPorts));
        unseen = List.copyOf(unseen);
    }

    /**
     * Settings and counters.
     *
     * @param modules the loaded modules, without built-in ones
     * @param settings the existing settings of {@code /proc/sys}, by their dotted names
     * @param counters of {@code /proc/net/snmp}, {@code snmp6} and {@code stat}, for example {@code Udp.RcvbufErrors}
     * @param bridges the interfaces that are bridges
     * @param anycast the IPv6 anycast addresses that the kernel added by itself
     * @param withoutModules the release of the running kernel, if its modules were removed
     */
    public record Kernel(
            Set<String> modules,
            Map<String, Long> settings,
            Map<String, Long> counters,
            SortedSet<String> bridges,
            List<Ip> anycast,
            Optional<String> withoutModules) {
        public Kernel {
            modules = Set.copyOf(modules);
            settings = Map.copyOf(settings);
            counters = Map.copyOf(counters);
            bridges = Collections.unmodifiableSortedSet(new TreeSet<>(bridges));
            anycast = List.copyOf(anycast);
        }

        Optional<Long> setting(String name) {
            return Optional.ofNullable(settings.get(name));
        }

        boolean isOn(String name) {
            return settings.getOrDefault(name, 0L) > 0;
        }

        long counter(String name) {
            return counters.getOrDefault(name, 0L);
        }
    }

    /**
     * The tables of other programs.
     *
     * @param dropping the base chains that drop all packets that they do not accept
     * @param sipHelpers the rules that pass packets to the SIP helper
     * @param flowtables the flowtables that rules add flows to
     * @param death how nft crashed while it read the tables
     * @param sealed whether only its owner can change our own table
     */
    public record Tables(
            List<ForeignBaseChain> dropping,
            List<SipHelper> sipHelpers,
            List<String> flowtables,
            Optional<Death> death,
            boolean sealed) {
        public static final Tables NONE = new Tables(List.of(), List.of(), Optional.empty());

        public Tables {
            dropping = List.copyOf(dropping);
            sipHelpers = List.copyOf(sipHelpers);
            flowtables = List.copyOf(flowtables);
        }

        /** Tables without flowtables, and with our own table not sealed. */
        public Tables(List<ForeignBaseChain> dropping, List<SipHelper> sipHelpers, Optional<Death> death) {
            this(dropping, sipHelpers, List.of(), death, false);
        }
    }

    /** A rule that passes packets to the SIP helper. */
    public record SipHelper(String where, boolean iptables) {}

    /** nft crashed before it answered. */
    public record Death(String program, String version, String signal) {}

    /**
     * Services that systemd or other programs run.
     *
     * @param clock whether a program synchronises the clock
     * @param clockProgram that program
     * @param enforcedAtBoot empty if the unit is not installed, or without systemd
     */
    public record Services(
            Clock clock, String clockProgram, Optional<Boolean> enforcedAtBoot, boolean flushesRuleset) {}

    /** How the clock is synchronised. */
    public enum Clock {
        KEPT,
        NOT_YET_SET,
        NOBODY,
        /** Unknown, because the host of this container synchronises the clock. */
        UNKNOWN
    }
}
