package io.portero.doctor;

import io.portero.policy.Policy;
import io.portero.policy.PortRange;
import io.portero.policy.Protocol;
import io.portero.policy.Service;
import io.portero.telephony.ConfiguredPorts;
import io.portero.telephony.Installation;
import io.portero.telephony.Use;
import io.portero.telephony.VoiceProgram;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Compares the media port ranges of the telephony programs with the policy. */
final class MediaExam {
    /** A service may admit up to this number of unused ports: then its range is a rounded number, not a mistake. */
    private static final int ROUNDING = 10;

    private static final String LOCAL_RANGE = "net.ipv4.ip_local_port_range";
    private static final int RTPENGINE_CONTROL = 22222;

    private final List<Service> services;
    private final List<Used> used = new ArrayList<>();
    private final List<PortRange> leftOut = new ArrayList<>();
    private final HostState host;
    private final List<Finding> found = new ArrayList<>();

    private record Used(Installation by, ConfiguredPorts ports) {}

    MediaExam(Policy policy, HostState host) {
        this.host = host;
        this.services = Ports.open(policy);
        for (var program : host.voice()) {
            if (VoicePorts.isReached(program, host)) {
                program.open(Use.MEDIA).forEach(p -> used.add(new Used(program, p)));
            }
            // The policy omits a control port inside a media range on purpose.
            program.ports().stream().filter(p -> p.use() == Use.CONTROL).forEach(p -> leftOut.add(p.ports()));
        }
        leftOut.add(new PortRange(Protocol.UDP, RTPENGINE_CONTROL, RTPENGINE_CONTROL));
    }

    List<Finding> findings() {
        used.forEach(this::closed);
        services.forEach(this::tooWide);
        shared();
        used.forEach(this::ephemeral);
        return found;
    }

    private void closed(Used media) {
        var range = media.ports().ports();
        var admitted = Stream.concat(Ports.of(services, s -> true).stream(), leftOut.stream())
                .toList();
        var missing = Ports.minus(range, admitted);
        boolean whole = Ports.of(services, s -> true).stream().noneMatch(range::overlaps);
        if (!missing.isEmpty()) {
            found.add(new MediaFinding.MediaClosed(
                    media.by().program(),
                    Use.MEDIA,
                    range,
                    whole ? List.of(range) : missing,
                    VoicePorts.place(media.by(), media.ports()),
                    media.by().running(),
                    others(media),
                    widened(range, missing)
                            .orElseGet(() -> Mend.service(media.by().program(), missing))));
        }
    }

    /** Whether the media of another running program is admitted. */
    private boolean others(Used media) {
        return used.stream()
                .filter(u -> u.by().running() && u.by().program() != media.by().program())
                .anyMatch(
                        u -> services.stream().anyMatch(s -> s.offers(u.ports().ports())));
    }

    /** The line of the service with most of the range, extended by the missing ports. */
    private Optional<String> widened(PortRange range, List<PortRange> missing) {
        return services.stream()
                .filter(s -> 2 * Ports.count(Ports.minus(range, s.ports())) < Ports.count(List.of(range)))
                .findFirst()
                .map(s -> "services." + s.name() + ".ports: ["
                        + Mend.ports(PortRange.canonical(Stream.concat(s.ports().stream(), missing.stream())
                                .toList()))
                        + "]");
    }

    private void tooWide(Service service) {
        var inUse = used.stream().map(u -> u.ports().ports()).toList();
        var all = Stream.concat(inUse.stream(), listened()).toList();
        for (var range : service.ports()) {
            if (used.stream()
                    .anyMatch(u -> u.by().running() && range.contains(u.ports().ports()))) {
                var extra = Ports.minus(range, all);
                if (Ports.count(extra) > ROUNDING) {
                    found.add(new MediaFinding.MediaTooWide(
                            service.name(), extra, usedIn(range), narrowed(service, extra)));
                }
            }
        }
    }

    private String usedIn(PortRange range) {
        return used.stream()
                .filter(u -> u.ports().ports().overlaps(range))
                .map(u -> u.by().program().title() + " uses " + u.ports().ports())
                .distinct()
                .collect(Collectors.joining(", "));
    }

    private static String narrowed(Service service, List<PortRange> extra) {
        return Mend.ports(service.ports().stream()
                .flatMap(p -> Ports.minus(p, extra).stream())
                .toList());
    }

    private Stream<PortRange> listened() {
        return host.listeners().stream().map(l -> l.ports());
    }

    private void shared() {
        for (int i = 0; i < used.size(); i++) {
            for (int j = i + 1; j < used.size(); j++) {
                var one = used.get(i);
                var other = used.get(j);
                var a = one.ports().ports();
                var b = other.ports().ports();
                if (one.by().running() && other.by().running() && sameNetwork(one, other) && a.overlaps(b)) {
                    found.add(new MediaFinding.MediaShared(
                            one.by().program().title(),
                            other.by().program().title(),
                            new PortRange(a.protocol(), Math.max(a.first(), b.first()), Math.min(a.last(), b.last()))));
                }
            }
        }
    }

    private static boolean sameNetwork(Used one, Used other) {
        return !one.by().ownNetwork()
                && !other.by().ownNetwork()
                && one.by().program() != other.by().program();
    }

    private void ephemeral(Used media) {
        var range = media.ports().ports();
        var first = host.kernel().setting(LOCAL_RANGE + ".first").orElse(0L);
        var last = host.kernel().setting(LOCAL_RANGE + ".last").orElse(0L);
        boolean reserved = host.kernel().isOn("net.ipv4.ip_local_reserved_ports.any");
        if (media.by().running()
                && !media.by().ownNetwork()
                && media.by().program() != VoiceProgram.COTURN
                && !reserved
                && range.first() <= last
                && first <= range.last()) {
            found.add(new MediaFinding.MediaIsEphemeral(media.by().program(), range, first, last));
        }
    }
}
