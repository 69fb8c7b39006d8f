package io.portero.telephony;

import io.portero.policy.Protocol;
import io.portero.telephony.PortsFound.Place;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Reads the ports of a coturn from its command line and {@code turnserver.conf}, which have the same keys.
 *
 * <p>The ports for TLS are open only where there is a certificate.
 */
final class CoturnPorts {
    static final String FILE = "/etc/turnserver.conf";
    private static final int TURN = 3478;
    private static final int TURNS = 5349;
    private static final int FIRST_RELAY = 49152;
    private static final int LAST_RELAY = 65535;

    private final ConfigFiles files;
    private final Options options;
    private final List<Setting> settings = new ArrayList<>();
    private final PortsFound found = new PortsFound();

    private record Setting(String key, String value, String file) {}

    CoturnPorts(ConfigFiles files, List<String> arguments) {
        this.files = files;
        this.options = new Options(arguments);
    }

    List<ConfiguredPorts> read() {
        var path = options.last("-c").orElse(FILE);
        files.text(path).ifPresent(text -> text.lines().map(String::strip).forEach(line -> line(line, path)));
        argument("listening-port", "-p");
        argument("tls-listening-port", "--tls-listening-port");
        argument("min-port", "--min-port");
        argument("max-port", "--max-port");
        argument("listening-ip", "-L");
        argument("cert", "--cert");
        Stream.of("no-udp", "no-tcp", "no-tls", "no-dtls")
                .filter(flag -> options.has("--" + flag))
                .forEach(flag -> settings.add(new Setting(flag, "", "")));
        listeners("listening-port", TURN, "no-udp", "no-tcp", "TURN");
        if (!all("cert").isEmpty()) {
            listeners("tls-listening-port", TURNS, "no-dtls", "no-tls", "TURN over TLS");
        }
        relays();
        return found.all();
    }

    private void line(String line, String path) {
        if (!line.isEmpty() && !line.startsWith("#")) {
            var words = line.split("\\s*[=\\s]\\s*", 2);
            settings.add(new Setting(words[0], words.length > 1 ? words[1] : "", path));
        }
    }

    private void argument(String key, String letter) {
        options.all("--" + key, letter).forEach(v -> settings.add(new Setting(key, v, "its command line")));
    }

    private List<Setting> all(String key) {
        return settings.stream().filter(s -> s.key().equals(key)).toList();
    }

    private Optional<Setting> last(String key) {
        return all(key).stream().reduce((a, b) -> b);
    }

    private boolean isSet(String flag) {
        return last(flag)
                .filter(s -> !List.of("0", "false", "no").contains(s.value()))
                .isPresent();
    }

    private void listeners(String key, int usual, String noUdp, String noTcp, String what) {
        var place = last(key).map(s -> new Place(key, s.file())).orElse(Place.byDefault(key));
        int port = number(key, usual);
        var addresses =
                all("listening-ip").stream().map(s -> Endpoint.parse(s.value())).toList();
        for (var where : addresses.isEmpty() ? List.of(Endpoint.ANYWHERE) : addresses) {
            if (!isSet(noUdp)) {
                found.add(Use.TURN, Protocol.UDP, where, port, what, place);
            }
            if (!isSet(noTcp)) {
                found.add(Use.TURN, Protocol.TCP, where, port, what, place);
            }
        }
    }

    private void relays() {
        var file =
                last("min-port").or(() -> last("max-port")).map(Setting::file).orElse("");
        found.media(
                number("min-port", FIRST_RELAY),
                number("max-port", LAST_RELAY),
                "relays",
                new Place("min-port, max-port", file));
    }

    private int number(String key, int otherwise) {
        int number = Endpoint.number(last(key).map(Setting::value).orElse(""));
        return number == 0 ? otherwise : number;
    }
}
