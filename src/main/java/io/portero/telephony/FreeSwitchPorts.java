package io.portero.telephony;

import io.portero.policy.Protocol;
import io.portero.telephony.PortsFound.Place;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Reads the ports of a FreeSWITCH: its SIP profiles, the range of {@code switch.conf.xml} and the event socket.
 *
 * <p>If the profiles cannot be read, as with FusionPBX, which keeps them in its database, the variables of
 * {@code vars.xml} count.
 */
final class FreeSwitchPorts {
    private static final List<String> DIRECTORIES = List.of(
            "/etc/freeswitch",
            "/usr/local/freeswitch/conf",
            "/usr/local/freeswitch/etc/freeswitch",
            "/opt/freeswitch/conf");
    private static final int SIP = 5060;
    private static final int SIPS = 5061;
    private static final int EVENT_SOCKET = 8021;
    /** RTP_START_PORT and RTP_END_PORT of switch_rtp.c. */
    private static final int RTP_START = 16384;

    private static final int RTP_END = 32768;

    private final ConfigFiles files;
    private final String directory;
    private final FreeSwitchConfig config;
    private final PortsFound found = new PortsFound();

    FreeSwitchPorts(ConfigFiles files, List<String> arguments) {
        this.files = files;
        this.directory =
                new Options(arguments).last("-conf").or(() -> directory(files)).orElse(DIRECTORIES.getFirst());
        this.config = new FreeSwitchConfig(files, directory + "/vars.xml");
    }

    static Optional<String> directory(ConfigFiles files) {
        return DIRECTORIES.stream()
                .filter(d -> Stream.of("/vars.xml", "/freeswitch.xml")
                        .anyMatch(f -> files.text(d + f).isPresent()))
                .findFirst();
    }

    List<ConfiguredPorts> read() {
        media();
        var profiles = files.matching(directory + "/sip_profiles/*.xml");
        profiles.forEach(this::profile);
        if (profiles.isEmpty()) {
            variable("internal_sip_port");
            variable("external_sip_port");
        }
        eventSocket();
        return found.all();
    }

    private void media() {
        var file = directory + "/autoload_configs/switch.conf.xml";
        var params = config.params(file);
        int first = Endpoint.number(params.get("rtp-start-port"));
        int last = Endpoint.number(params.get("rtp-end-port"));
        found.media(
                first == 0 ? RTP_START : first,
                last == 0 ? RTP_END : last,
                "RTP",
                new Place("rtp-start-port, rtp-end-port", first == 0 && last == 0 ? "" : file));
    }

    /** A profile listens at one address; a variable that FreeSWITCH sets itself does not show which one. */
    private void profile(String file) {
        var params = config.params(file);
        var where = Endpoint.parse(params.getOrDefault("sip-ip", ""));
        int port = Endpoint.number(params.get("sip-port"));
        var place = new Place("sip-port", file);
        found.add(Use.SIP, Protocol.UDP, where.withPort(port), SIP, "SIP", place);
        found.add(Use.SIP, Protocol.TCP, where.withPort(port), SIP, "SIP", place);
        if (params.getOrDefault("tls", "").equals("true")) {
            int tls = Endpoint.number(params.get("tls-sip-port"));
            found.add(
                    Use.SIP, Protocol.TCP, where.withPort(tls), SIPS, "SIP over TLS", new Place("tls-sip-port", file));
        }
        webSocket(params, "ws-binding", file);
        webSocket(params, "wss-binding", file);
    }

    private void webSocket(Map<String, String> params, String key, String file) {
        var bound = Endpoint.parse(params.getOrDefault(key, ""));
        if (bound.port() != 0) {
            found.add(Use.WEBSOCKET, Protocol.TCP, bound, 0, "SIP over WebSocket", new Place(key, file));
        }
    }

    private void variable(String name) {
        config.variable(name).map(Endpoint::number).filter(p -> p != 0).ifPresent(port -> {
            var place = new Place(name, directory + "/vars.xml");
            found.add(Use.SIP, Protocol.UDP, Endpoint.ANYWHERE.withPort(port), 0, "SIP", place);
            found.add(Use.SIP, Protocol.TCP, Endpoint.ANYWHERE.withPort(port), 0, "SIP", place);
        });
    }

    private void eventSocket() {
        var file = directory + "/autoload_configs/event_socket.conf.xml";
        var params = config.params(file);
        if (!params.isEmpty()) {
            int port = Endpoint.number(params.get("listen-port"));
            var where = Endpoint.parse(params.getOrDefault("listen-ip", "")).withPort(port);
            found.add(
                    Use.CONTROL, Protocol.TCP, where, EVENT_SOCKET, "the event socket", new Place("listen-port", file));
        }
    }
}
