package io.portero.telephony;

import io.portero.policy.Protocol;
import io.portero.telephony.KamailioConfig.Parameter;
import io.portero.telephony.PortsFound.Place;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Reads the ports of a Kamailio from {@code kamailio.cfg} and its command line; the default is port 5060 at all
 * addresses.
 */
final class KamailioPorts {
    static final String FILE = "/etc/kamailio/kamailio.cfg";
    private static final int SIP = 5060;
    private static final int SIPS = 5061;
    private static final Pattern BIND = Pattern.compile("bind\\s*=\\s*\"?([^\";}]+)");

    private final List<Parameter> parameters;
    private final Options options;
    private final PortsFound found = new PortsFound();

    KamailioPorts(ConfigFiles files, List<String> arguments) {
        this.options = new Options(arguments);
        this.parameters = KamailioConfig.read(files, options.last("-f").orElse(FILE), options.all("-A"));
    }

    List<ConfiguredPorts> read() {
        parameters.stream()
                .filter(p -> p.key().equals("listen"))
                .forEach(p -> listen(p.value(), new Place("listen", p.file())));
        parameters.stream().filter(p -> p.key().equals("socket")).forEach(this::socket);
        options.all("-l").forEach(word -> listen(word, new Place("-l", "its command line")));
        if (found.all().isEmpty()) {
            everywhere();
        }
        return found.all();
    }

    private Optional<Parameter> last(String key) {
        return parameters.stream().filter(p -> p.key().equals(key)).reduce((a, b) -> b);
    }

    private boolean isTrue(String key) {
        return last(key)
                .filter(p ->
                        List.of("yes", "true", "on", "1").contains(p.value().toLowerCase(Locale.ROOT)))
                .isPresent();
    }

    private int usual() {
        int port = last("port").map(p -> Endpoint.number(p.value())).orElse(0);
        return port == 0 ? SIP : port;
    }

    /** {@code socket = { bind = udp:192.0.2.1:5060; ... }}, on one line, since version 5.7. */
    private void socket(Parameter parameter) {
        var bind = BIND.matcher(parameter.value());
        if (bind.find()) {
            listen(bind.group(1), new Place("socket", parameter.file()));
        }
    }

    /** {@code PROTO:ADDRESS:PORT advertise ...}; without a protocol it is UDP and TCP. */
    private void listen(String value, Place place) {
        for (var word : value.replaceAll("^\\(|\\)$", "").split("\\s*,\\s*")) {
            var first = word.strip().split("\\s+")[0];
            int colon = first.indexOf(':');
            var protocol = colon < 0 ? "" : first.substring(0, colon).toLowerCase(Locale.ROOT);
            switch (protocol) {
                case "udp" -> udp(first.substring(colon + 1), place);
                case "tcp" -> tcp(first.substring(colon + 1), place);
                case "tls" -> tls(first.substring(colon + 1), place);
                case "sctp" -> sctp(first.substring(colon + 1), place);
                default -> {
                    if (!first.isEmpty()) {
                        udp(first, place);
                        tcp(first, place);
                    }
                }
            }
        }
    }

    private void udp(String where, Place place) {
        found.add(Use.SIP, Protocol.UDP, Endpoint.parse(where), usual(), "SIP", place);
    }

    private void tcp(String where, Place place) {
        if (!isTrue("disable_tcp")) {
            found.add(Use.SIP, Protocol.TCP, Endpoint.parse(where), usual(), "SIP", place);
        }
    }

    private void tls(String where, Place place) {
        if (isTrue("enable_tls")) {
            found.add(Use.SIP, Protocol.TCP, Endpoint.parse(where), SIPS, "SIP over TLS", place);
        }
    }

    private void sctp(String where, Place place) {
        found.add(Use.SIP, Protocol.SCTP, Endpoint.parse(where), usual(), "SIP", place);
    }

    private void everywhere() {
        var place = last("port").map(p -> new Place("port", p.file())).orElse(Place.byDefault("port"));
        udp("0.0.0.0", place);
        tcp("0.0.0.0", place);
        tls("0.0.0.0", Place.byDefault("enable_tls"));
    }
}
