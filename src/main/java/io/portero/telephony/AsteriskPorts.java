package io.portero.telephony;

import io.portero.policy.Protocol;
import io.portero.telephony.AsteriskConfig.Section;
import io.portero.telephony.PortsFound.Place;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Reads the ports of an Asterisk from {@code rtp.conf}, {@code pjsip.conf}, {@code sip.conf}, {@code http.conf} and
 * {@code manager.conf}.
 */
final class AsteriskPorts {
    private static final String USUAL_DIRECTORY = "/etc/asterisk";
    private static final String GENERAL = "general";
    private static final int SIP = 5060;
    private static final int SIPS = 5061;
    private static final int AMI = 5038;
    private static final int AMI_TLS = 5039;
    private static final int HTTP = 8088;
    private static final int HTTPS = 8089;
    /** DEFAULT_RTP_START and DEFAULT_RTP_END of res_rtp_asterisk.c; the sample of rtp.conf says 10000 and 20000. */
    private static final int RTP_START = 5000;

    private static final int RTP_END = 31000;

    private final ConfigFiles files;
    private final String directory;
    private final PortsFound found = new PortsFound();

    AsteriskPorts(ConfigFiles files, List<String> arguments) {
        this.files = files;
        this.directory = directory(files, new Options(arguments).last("-C"));
    }

    private static String directory(ConfigFiles files, Optional<String> named) {
        var main = named.filter(n -> n.startsWith("/")).orElse(USUAL_DIRECTORY + "/asterisk.conf");
        var parent = main.substring(0, Math.max(1, main.lastIndexOf('/')));
        return AsteriskConfig.read(files, parent, main.substring(main.lastIndexOf('/') + 1))
                .section("directories")
                .value("astetcdir", parent);
    }

    List<ConfiguredPorts> read() {
        media();
        pjsip();
        if (isLoaded("chan_sip.so")) {
            chanSip();
        }
        manager();
        http();
        return found.all();
    }

    private AsteriskConfig file(String name) {
        return AsteriskConfig.read(files, directory, name);
    }

    private void media() {
        var general = file("rtp.conf").section(GENERAL);
        int first = Endpoint.number(general.value("rtpstart", ""));
        int last = Endpoint.number(general.value("rtpend", ""));
        var file = Stream.of("rtpstart", "rtpend")
                .flatMap(k -> general.get(k).stream())
                .map(AsteriskConfig.Setting::file)
                .findFirst()
                .orElse("");
        found.media(
                first == 0 ? RTP_START : first, last == 0 ? RTP_END : last, "RTP", new Place("rtpstart, rtpend", file));
    }

    private void pjsip() {
        for (var section : file("pjsip.conf").sections()) {
            if (section.value("type", "").equals("transport")) {
                transport(section);
            }
        }
    }

    /** WebSocket transports listen where {@code http.conf} says. */
    private void transport(Section section) {
        var bind = section.get("bind");
        if (bind.isEmpty()) {
            return; // Asterisk rejects such a transport
        }
        var where = Endpoint.parse(bind.get().value());
        var place = new Place("bind in [" + section.name() + "]", bind.get().file());
        switch (section.value("protocol", "udp").toLowerCase(Locale.ROOT)) {
            case "udp" -> found.add(Use.SIP, Protocol.UDP, where, SIP, "SIP", place);
            case "tcp" -> found.add(Use.SIP, Protocol.TCP, where, SIP, "SIP", place);
            case "tls" -> found.add(Use.SIP, Protocol.TCP, where, SIPS, "SIP over TLS", place);
            default -> {}
        }
    }

    private void chanSip() {
        var config = file("sip.conf");
        if (!config.exists()) {
            return;
        }
        var general = config.section(GENERAL);
        int port = Endpoint.number(general.value("bindport", ""));
        var bind = general.value("bindaddr", "0.0.0.0");
        int usual = port == 0 ? SIP : port;
        var place = place(general, "bindport", "udpbindaddr", "bindaddr");
        found.add(Use.SIP, Protocol.UDP, Endpoint.parse(general.value("udpbindaddr", bind)), usual, "SIP", place);
        if (general.isTrue("tcpenable")) {
            var where = Endpoint.parse(general.value("tcpbindaddr", bind));
            found.add(Use.SIP, Protocol.TCP, where, usual, "SIP", place(general, "tcpbindaddr", "tcpenable"));
        }
        if (general.isTrue("tlsenable")) {
            var where = Endpoint.parse(general.value("tlsbindaddr", "0.0.0.0"));
            found.add(Use.SIP, Protocol.TCP, where, SIPS, "SIP over TLS", place(general, "tlsbindaddr", "tlsenable"));
        }
    }

    private void manager() {
        var general = file("manager.conf").section(GENERAL);
        if (general.isTrue("enabled")) {
            int port = Endpoint.number(general.value("port", ""));
            var where = Endpoint.parse(general.value("bindaddr", "0.0.0.0"));
            found.add(
                    Use.CONTROL,
                    Protocol.TCP,
                    where,
                    port == 0 ? AMI : port,
                    "the AMI",
                    place(general, "bindaddr", "port", "enabled"));
            if (general.isTrue("tlsenable")) {
                var tls = Endpoint.parse(general.value("tlsbindaddr", "0.0.0.0"));
                found.add(
                        Use.CONTROL, Protocol.TCP, tls, AMI_TLS, "the AMI", place(general, "tlsbindaddr", "tlsenable"));
            }
        }
    }

    /** It serves ARI, and WebSockets to browsers, at one port. */
    private void http() {
        var general = file("http.conf").section(GENERAL);
        if (general.isTrue("enabled")) {
            int port = Endpoint.number(general.value("bindport", ""));
            var where = Endpoint.parse(general.value("bindaddr", "0.0.0.0"));
            found.add(
                    Use.CONTROL,
                    Protocol.TCP,
                    where,
                    port == 0 ? HTTP : port,
                    "the ARI",
                    place(general, "bindaddr", "bindport", "enabled"));
        }
        if (general.isTrue("tlsenable")) {
            var where = Endpoint.parse(general.value("tlsbindaddr", general.value("bindaddr", "0.0.0.0")));
            found.add(Use.CONTROL, Protocol.TCP, where, HTTPS, "the ARI", place(general, "tlsbindaddr", "tlsenable"));
        }
    }

    /** @param keys the first key that is set has the address */
    private static Place place(Section section, String... keys) {
        return Stream.of(keys)
                .flatMap(k -> section.get(k).stream())
                .findFirst()
                .map(s -> new Place(s.key(), s.file()))
                .orElse(Place.byDefault(keys[0]));
    }

    private boolean isLoaded(String module) {
        return file("modules.conf").section("modules").settings().stream()
                .noneMatch(s -> s.key().equals("noload") && s.value().equals(module));
    }
}
