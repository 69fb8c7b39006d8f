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
 * What was read of a host.
 *
 * @param flows the tracked ones that are addressed to this host
 * @param unseen what could not be looked at, a clause for each that says what would help
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
     * @param modules those that were loaded, not those that are built in
     * @param settings of {@code /proc/sys}, by their dotted names; those that there are
     * @param counters of {@code /proc/net/snmp}, {@code snmp6} and {@code stat}, such as {@code Udp.RcvbufErrors}
     * @param bridges the interfaces that are bridges
     * @param anycast addresses of IPv6 that the kernel gave itself
     */
    public record Kernel(
            Set<String> modules,
            Map<String, Long> settings,
            Map<String, Long> counters,
            SortedSet<String> bridges,
            List<Ip> anycast) {
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
     * The tables of others.
     *
     * @param dropping the base chains that drop what they do not accept
     * @param sipHelpers where rules hand packets to the SIP helper
     * @param flowtables those that rules put flows into
     * @param death what killed nft when it was asked
     * @param sealed whether our own table is one that only its owner may change
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

        /** Without flowtables, and with a table of ours that is not sealed. */
        public Tables(List<ForeignBaseChain> dropping, List<SipHelper> sipHelpers, Optional<Death> death) {
            this(dropping, sipHelpers, List.of(), death, false);
        }
    }

    /** A rule that hands packets to the SIP helper. */
    public record SipHelper(String where, boolean iptables) {}

    /** nft did not live to answer. */
    public record Death(String program, String version, String signal) {}

    /**
     * What systemd and others run.
     *
     * @param clock whether somebody keeps it
     * @param clockProgram who
     * @param enforcedAtBoot empty where the unit is not installed, or systemd is not
     */
    public record Services(
            Clock clock, String clockProgram, Optional<Boolean> enforcedAtBoot, boolean flushesRuleset) {}

    /** How the time is kept. */
    public enum Clock {
        KEPT,
        NOT_YET_SET,
        NOBODY,
        /** Its host's business, as in a container. */
        UNKNOWN
    }
}
