package io.portero.doctor;

import io.portero.exposure.Listener;
import io.portero.policy.Policy;
import io.portero.policy.PortRange;
import io.portero.policy.Protocol;
import io.portero.policy.Service;
import io.portero.telephony.Use;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Examines the kernel's settings and counters. */
final class KernelExam {
    private static final int NEARLY_FULL_PERCENT = 75;
    /** The flow of the current call, and the flow of the previous call, which stays until its timeout. */
    private static final int FLOWS_OF_A_PORT = 2;
    /** The kernel's own defaults since 5.0 (nf_conntrack_proto_udp.c, and the document nf_conntrack-sysctl). */
    private static final long USUAL_STREAM = 120;

    private static final long USUAL_ONE_WAY = 30;
    /** RFC 4028: sessions of 1,800 seconds are refreshed after half of that time. */
    private static final long HALF_A_SESSION = 900;

    private static final long PROPOSED_STREAM = 960;
    /** Smaller counters show the packets of scanners, not problems of calls. */
    private static final int NOTICEABLE = 20;

    private static final Pattern FOR_OTHERS =
            Pattern.compile("(docker|br-|podman|cni|veth|lxc|lxd|virbr|vnet|tun|tap|wg|ppp|flannel|cali|kube|vmbr).*");

    private final Subject subject;
    private final HostState host;
    private final HostState.Kernel kernel;
    private final List<Finding> found = new ArrayList<>();

    private KernelExam(Subject subject, HostState host) {
        this.subject = subject;
        this.host = host;
        this.kernel = host.kernel();
    }

    static List<Finding> of(Subject subject, HostState host) {
        var exam = new KernelExam(subject, host);
        exam.conntrack();
        exam.timeouts();
        exam.losses("IPv4", "Ip.ReasmFails", "Ip.ReasmReqds", "Udp.RcvbufErrors", "Udp.InDatagrams");
        exam.losses("IPv6", "Ip6.ReasmFails", "Ip6.ReasmReqds", "Udp6.RcvbufErrors", "Udp6.InDatagrams");
        exam.forwarding();
        exam.bridges();
        host.kernel().withoutModules().map(KernelFinding.ModulesRemoved::new).ifPresent(exam.found::add);
        return exam.found;
    }

    private void conntrack() {
        long entries = kernel.setting("net.netfilter.nf_conntrack_count").orElse(0L);
        long limit = kernel.setting("net.netfilter.nf_conntrack_max").orElse(0L);
        if (limit == 0) {
            return; // connection tracking is not in use
        }
        long dropped = kernel.counter("conntrack.drop") + kernel.counter("conntrack.early_drop");
        long needed = (long) Ports.count(media()) * FLOWS_OF_A_PORT;
        if (entries * 100 >= limit * NEARLY_FULL_PERCENT) {
            found.add(new KernelFinding.ConntrackFull(entries, limit, calls()));
        } else if (dropped > 0) {
            found.add(new KernelFinding.ConntrackOverflowed(dropped, limit));
        } else if (needed > limit) {
            found.add(new KernelFinding.ConntrackSmall(limit, needed));
        }
    }

    private List<PortRange> media() {
        return PortRange.canonical(host.voice().stream()
                .flatMap(i -> i.open(Use.MEDIA).stream())
                .map(p -> p.ports())
                .toList());
    }

    /** A call uses an even port for RTP and the next port for RTCP (RFC 3550), or only the even port. */
    private long calls() {
        var media = media();
        return host.flows().stream()
                .map(f -> f.port())
                .filter(p -> p.first() % 2 == 0 && media.stream().anyMatch(p::overlaps))
                .distinct()
                .count();
    }

    private void timeouts() {
        var stream = kernel.setting("net.netfilter.nf_conntrack_udp_timeout_stream");
        var oneWay = kernel.setting("net.netfilter.nf_conntrack_udp_timeout");
        var draining = draining();
        boolean voice = !host.voice().isEmpty() || !draining.isEmpty();
        if (stream.isPresent() && voice) {
            boolean tooShort = stream.get() < USUAL_STREAM;
            if (tooShort || stream.get() < HALF_A_SESSION && !draining.isEmpty()) {
                found.add(new CallFinding.SilentCallsForgotten(stream.get(), PROPOSED_STREAM, draining, tooShort));
            }
        }
        oneWay.filter(s -> voice && s < USUAL_ONE_WAY)
                .ifPresent(s -> found.add(new CallFinding.OneWayForgotten(s, USUAL_ONE_WAY)));
    }

    /** The names of the UDP services whose flows may continue after their source lost access. */
    private String draining() {
        return subject.policy().stream()
                .map(Policy::enabledServices)
                .flatMap(s -> s.stream())
                .filter(s -> s.onRevoke().drains())
                .filter(s -> s.ports().stream().anyMatch(p -> p.protocol() == Protocol.UDP))
                .map(Service::name)
                .collect(Collectors.joining(", "));
    }

    private void losses(String family, String fails, String fragments, String buffers, String datagrams) {
        long failed = kernel.counter(fails);
        if (failed >= NOTICEABLE && failed * 100 >= kernel.counter(fragments)) {
            found.add(new KernelFinding.ReassemblyFails(family, failed, kernel.counter(fragments)));
        }
        long lost = kernel.counter(buffers);
        if (lost >= NOTICEABLE && lost * 10_000 >= kernel.counter(datagrams)) {
            found.add(new KernelFinding.ReceiveBuffersFull(family, lost, kernel.counter(datagrams)));
        }
    }

    private void forwarding() {
        boolean hasGuests = !kernel.bridges().isEmpty()
                || host.surroundings().addresses().keySet().stream()
                        .anyMatch(n -> FOR_OTHERS.matcher(n).matches())
                || host.listeners().stream().anyMatch(Listener.Published.class::isInstance);
        var keys = Stream.of("net.ipv4.ip_forward", "net.ipv6.conf.all.forwarding")
                .filter(kernel::isOn)
                .toList();
        if (!hasGuests && !keys.isEmpty()) {
            found.add(new KernelFinding.ForwardsForNobody(keys));
        }
        if (kernel.isOn("net.ipv6.conf.all.forwarding") && !kernel.anycast().isEmpty()) {
            found.add(new KernelFinding.AnycastAddresses(kernel.anycast()));
        }
    }

    private void bridges() {
        boolean judged = Stream.of("net.bridge.bridge-nf-call-iptables", "net.bridge.bridge-nf-call-ip6tables")
                .anyMatch(kernel::isOn);
        var untrusted = subject.policy()
                .map(policy -> kernel.bridges().stream()
                        .filter(b -> policy.trust(b).isEmpty())
                        .toList())
                .orElse(List.of());
        if (judged && !untrusted.isEmpty()) {
            found.add(new KernelFinding.BridgedPacketsJudged(untrusted));
        }
    }
}
