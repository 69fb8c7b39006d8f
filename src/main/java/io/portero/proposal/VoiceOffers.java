package io.portero.proposal;

import io.portero.exposure.Exposure.Door;
import io.portero.policy.PortRange;
import io.portero.policy.Protocol;
import io.portero.telephony.ConfiguredPorts;
import io.portero.telephony.Installation;
import io.portero.telephony.Use;
import io.portero.telephony.VoiceProgram;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The ports of the telephony programs on this host: from sockets, and from the configuration for ports that are open
 * only during a call.
 *
 * <p>Ports for carriers are offered to the group {@code itsp}, never to everybody.
 */
final class VoiceOffers {
    private static final String ITSP = "itsp";
    static final String PHONES = "phones";
    /** For signalling as well as voice: a call needs its BYE and its session timers. */
    static final String DRAIN = ", on-revoke: drain";

    private final Doors doors;
    private final List<Installation> voice;
    private final Set<String> taken = new TreeSet<>();

    VoiceOffers(Doors doors, List<Installation> voice) {
        this.doors = doors;
        this.voice = voice.stream().filter(Installation::running).toList();
    }

    private List<Installation> all(VoiceProgram program) {
        return voice.stream().filter(i -> i.program() == program).toList();
    }

    /** The configured range of such a program; empty if it only has its default. */
    List<PortRange> setMedia(VoiceProgram program) {
        return all(program).stream()
                .flatMap(i -> i.open(Use.MEDIA).stream())
                .filter(p -> !p.isDefault())
                .map(ConfiguredPorts::ports)
                .distinct()
                .toList();
    }

    /**
     * The ports where it takes calls. The sockets are authoritative, and the configuration shows which of them it is;
     * without a visible socket the configuration alone counts.
     */
    List<PortRange> signalling(VoiceProgram program) {
        var set = ports(program, Use.SIP);
        var other = Stream.of(Use.MEDIA, Use.WEBSOCKET, Use.CONTROL, Use.TURN, Use.TUNNEL)
                .flatMap(use -> ports(program, use).stream())
                .toList();
        var listened = doors.open().stream()
                .filter(d -> d.delicate().isEmpty() && isOf(d, program))
                .map(Door::ports)
                .filter(p -> other.stream().noneMatch(o -> o.contains(p)))
                .toList();
        var both = listened.stream()
                .filter(p -> set.stream().anyMatch(s -> s.contains(p)))
                .toList();
        if (!both.isEmpty()) {
            return PortRange.canonical(both);
        }
        var datagrams =
                listened.stream().filter(p -> p.protocol() == Protocol.UDP).toList();
        return PortRange.canonical(datagrams.isEmpty() ? set : datagrams);
    }

    private static boolean isOf(Door door, VoiceProgram program) {
        return Doors.programs(door)
                .anyMatch(name ->
                        VoiceProgram.ofProcess(name).filter(program::equals).isPresent());
    }

    private Collection<PortRange> all(VoiceProgram program, Use use) {
        return all(program).stream()
                .flatMap(i -> i.open(use).stream().filter(p -> !i.ownNetwork() || isPublished(p.ports())))
                .map(ConfiguredPorts::ports)
                .distinct()
                .toList();
    }

    private List<PortRange> ports(VoiceProgram program, Use use) {
        return PortRange.canonical(all(program, use));
    }

    private boolean isPublished(PortRange ports) {
        return doors.open().stream().anyMatch(d -> d.ports().overlaps(ports));
    }

    /** The ports of all programs except those of OMniLeads, which are known beforehand. */
    List<Offer> beside(Set<VoiceProgram> known) {
        var offers = new ArrayList<Offer>();
        for (var program :
                voice.stream().map(Installation::program).distinct().sorted().toList()) {
            if (!known.contains(program)) {
                switch (program) {
                    case ASTERISK, FREESWITCH, THREECX, KAMAILIO, RTPENGINE -> carriers(program, offers);
                    case COTURN -> {}
                }
                clients(program, offers);
            }
        }
        return offers;
    }

    private void carriers(VoiceProgram program, List<Offer> offers) {
        var media = ports(program, Use.MEDIA);
        var sip = program == VoiceProgram.RTPENGINE ? List.<PortRange>of() : signalling(program);
        if (!sip.isEmpty()) {
            offers.add(new Offer(
                    name("sip", program),
                    sip,
                    ITSP,
                    DRAIN,
                    program.title()
                            + ": calls from and to the carrier, and nobody else; scanners always look for an"
                            + " open SIP port. Phones outside need their own group."));
        }
        if (!media.isEmpty()) {
            var browsers = program == VoiceProgram.RTPENGINE
                    ? " Browsers (WebRTC) connect from anywhere: if they use it, write [any]."
                    : "";
            offers.add(new Offer(
                    name("rtp", program),
                    media,
                    ITSP,
                    DRAIN,
                    "The voice of these calls, by " + where(program, Use.MEDIA) + "." + browsers));
        } else if (program == VoiceProgram.ASTERISK && !sip.isEmpty()) {
            offers.add(new Offer(
                    name("rtp", program),
                    List.of(Telephony.ASTERISK.rtp()),
                    ITSP,
                    DRAIN,
                    "The voice of these calls. This is the default; compare it with rtpstart and rtpend of"
                            + " rtp.conf."));
        }
    }

    private void clients(VoiceProgram program, List<Offer> offers) {
        var turn = ports(program, Use.TURN);
        if (!turn.isEmpty()) {
            offers.add(Offer.of(
                    name("turn", program),
                    turn,
                    "any",
                    program.title() + ": clients ask for a relay here, with a password. Browsers connect from"
                            + " anywhere."));
            offers.add(Offer.of(
                    name("turn-relay", program),
                    ports(program, Use.MEDIA),
                    "any",
                    "The relayed media, by " + where(program, Use.MEDIA) + "; a smaller range works as well."));
        }
        var tunnel = ports(program, Use.TUNNEL);
        if (!tunnel.isEmpty()) {
            offers.add(Offer.of(
                    name("tunnel", program),
                    tunnel,
                    PHONES,
                    program.title() + ": the tunnel of its apps and bridges; put their addresses into " + PHONES
                            + "."));
        }
    }

    private String name(String name, VoiceProgram program) {
        var own = program.title().toLowerCase(Locale.ROOT).replaceAll("^3", "three") + "-" + name;
        return taken.add(name) ? name : own;
    }

    /** The place of the setting. */
    private String where(VoiceProgram program, Use use) {
        var places = all(program).stream()
                .flatMap(i -> i.open(use).stream()
                        .map(p ->
                                p.isDefault() ? "the default of " + program.title() : p.setting() + " of " + i.path(p)))
                .collect(Collectors.toCollection(TreeSet::new));
        return String.join(", ", places);
    }

    /** Whether a socket belongs to a program that talks to carriers; such a socket is never for everybody. */
    static boolean isForCarriers(Door door) {
        return Doors.programs(door)
                .flatMap(name -> VoiceProgram.ofProcess(name).stream())
                .anyMatch(program -> program != VoiceProgram.COTURN);
    }

    /** The programs whose configuration exists and may not be read. */
    List<String> unreadable() {
        return voice.stream()
                .filter(i -> !i.unreadable().isEmpty())
                .map(i -> i.program().title() + " (" + String.join(", ", i.unreadable()) + ")")
                .distinct()
                .toList();
    }

    List<String> titles() {
        return voice.stream().map(i -> i.program().title()).distinct().toList();
    }
}
