package io.portero.doctor;

import io.portero.config.Loaded;
import io.portero.config.PolicyReader;
import io.portero.doctor.HostState.Clock;
import io.portero.doctor.HostState.Tables;
import io.portero.exposure.Listener;
import io.portero.policy.AddressRange;
import io.portero.policy.Flow;
import io.portero.policy.Ip;
import io.portero.policy.Policy;
import io.portero.policy.PortRange;
import io.portero.policy.Surroundings;
import io.portero.telephony.ConfiguredPorts;
import io.portero.telephony.Installation;
import io.portero.telephony.Use;
import io.portero.telephony.VoiceProgram;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** A host without problems; tests add problems to it. */
final class Patient {
    private final List<Installation> voice = new ArrayList<>();
    private final List<Listener> listeners = new ArrayList<>();
    private final List<Flow> flows = new ArrayList<>();
    private final TreeMap<String, SortedSet<Ip>> addresses = new TreeMap<>(Map.of("eth0", new TreeSet<>()));
    private final TreeSet<Ip> resolvers = new TreeSet<>();
    private final TreeSet<Integer> ssh = new TreeSet<>(Set.of(22));
    private final Set<String> modules = new HashSet<>();
    private final Map<String, Long> settings = new HashMap<>(Map.of(
            "net.netfilter.nf_conntrack_count", 100L,
            "net.netfilter.nf_conntrack_max", 262_144L,
            "net.netfilter.nf_conntrack_udp_timeout", 30L,
            "net.netfilter.nf_conntrack_udp_timeout_stream", 960L,
            "net.ipv4.ip_local_port_range.first", 51_000L,
            "net.ipv4.ip_local_port_range.last", 60_999L));
    private final Map<String, Long> counters = new HashMap<>();
    private final TreeSet<String> bridges = new TreeSet<>();
    private final List<Ip> anycast = new ArrayList<>();
    private Optional<String> withoutModules = Optional.empty();
    private final List<String> unseen = new ArrayList<>();
    private Tables tables = Tables.NONE;
    private HostState.Services services = new HostState.Services(Clock.KEPT, "chronyd", Optional.of(true), false);

    private Policy policy = policy("""
            groups: { itsp: [203.0.113.0/24], admins: [198.51.100.7] }
            services:
              ssh:    { ports: [22/tcp], from: [admins], management: true }
              webrtc: { ports: [20000-30000/udp], from: [any] }
              sip:    { ports: [5060/udp], from: [itsp], on-revoke: drain }
              rtp:    { ports: [40000-50000/udp], from: [itsp], on-revoke: drain }
            """);
    private int problems;
    private int warnings;
    private boolean inForce = true;

    static Patient omnileads() {
        return new Patient()
                .runs(
                        VoiceProgram.ASTERISK,
                        ports(Use.SIP, "5060/udp", "SIP"),
                        ports(Use.MEDIA, "40000-50000/udp", "RTP"))
                .runs(
                        VoiceProgram.RTPENGINE,
                        ports(Use.MEDIA, "20000-30000/udp", "RTP"),
                        local(Use.CONTROL, "22222/udp", "the control port"));
    }

    static ConfiguredPorts ports(Use use, String range, String what) {
        return new ConfiguredPorts(use, range(range), Optional.empty(), what, "first, last", "/etc/voice.conf");
    }

    static ConfiguredPorts local(Use use, String range, String what) {
        return new ConfiguredPorts(use, range(range), Optional.of(ip("127.0.0.1")), what, "listen", "/etc/voice.conf");
    }

    static PortRange range(String text) {
        try {
            return PortRange.parse(text);
        } catch (PortRange.NotAPort e) {
            throw new AssertionError(text, e);
        }
    }

    static Ip ip(String text) {
        try {
            return Ip.parse(text);
        } catch (Ip.NotAnAddress e) {
            throw new AssertionError(text, e);
        }
    }

    private static Policy policy(String text) {
        return switch (new PolicyReader().parse("p.yaml", text)) {
            case Loaded.Accepted accepted -> accepted.policy();
            case Loaded.Refused refused -> throw new AssertionError(refused.problems());
        };
    }

    Patient with(String policyText) {
        policy = policy(policyText);
        return this;
    }

    Patient runs(VoiceProgram program, ConfiguredPorts... ports) {
        return has(new Installation(program, true, false, "", List.of(ports), List.of()));
    }

    Patient has(Installation installation) {
        voice.removeIf(i -> i.program() == installation.program() && i.root().equals(installation.root()));
        voice.add(installation);
        return this;
    }

    Patient listens(String port, String address, String program) {
        listeners.add(new Listener.Socket(range(port), ip(address), program));
        return this;
    }

    Patient publishes(String port, String to) throws Ip.NotAnAddress {
        listeners.add(new Listener.Published(range(port), AddressRange.parse("0.0.0.0/0"), to));
        return this;
    }

    Patient talks(String from, String port) {
        flows.add(new Flow(ip(from), ip("192.0.2.1"), range(port)));
        return this;
    }

    Patient interfaces(String name) {
        addresses.put(name, new TreeSet<>());
        return this;
    }

    Patient resolver(String address) {
        resolvers.add(ip(address));
        return this;
    }

    Patient ssh(int port) {
        ssh.add(port);
        return this;
    }

    Patient module(String name) {
        modules.add(name);
        return this;
    }

    Patient setting(String name, long value) {
        settings.put(name, value);
        return this;
    }

    Patient counter(String name, long value) {
        counters.put(name, value);
        return this;
    }

    Patient bridge(String name) {
        bridges.add(name);
        return interfaces(name);
    }

    Patient withoutModules(String release) {
        withoutModules = Optional.of(release);
        return this;
    }

    Patient anycast(String address) {
        anycast.add(ip(address));
        return this;
    }

    Patient tables(Tables other) {
        tables = other;
        return this;
    }

    Patient services(HostState.Services other) {
        services = other;
        return this;
    }

    Patient blind(String clause) {
        unseen.add(clause);
        return this;
    }

    Patient refused(int howMany) {
        problems = howMany;
        return this;
    }

    Patient warned(int howMany) {
        warnings = howMany;
        return this;
    }

    Patient notInForce() {
        inForce = false;
        return this;
    }

    Diagnosis examined() {
        var routes = List.of(new Surroundings.DefaultRoute("eth0", Optional.of(ip("192.0.2.254")), Optional.empty()));
        var host = new HostState(
                new Surroundings(addresses, routes, resolvers),
                voice,
                listeners,
                flows,
                ssh,
                new HostState.Kernel(modules, settings, counters, bridges, anycast, withoutModules),
                tables,
                services,
                unseen);
        var subject = new Subject("p.yaml", Optional.of(policy), problems, warnings, 9090, Optional.of(inForce));
        return Doctor.examine(subject, host);
    }
}
