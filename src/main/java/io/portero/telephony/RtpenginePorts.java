package io.portero.telephony;

import io.portero.policy.Protocol;
import io.portero.telephony.PortsFound.Place;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Reads the ports of an RTPengine from its command line, {@code rtpengine.conf}, and the environment file of older
 * packages. The command line has priority.
 */
final class RtpenginePorts {
    static final String FILE = "/etc/rtpengine/rtpengine.conf";
    private static final List<String> ENVIRONMENTS = List.of(
            "/etc/default/rtpengine-daemon",
            "/etc/default/ngcp-rtpengine-daemon",
            "/etc/sysconfig/rtpengine",
            "/etc/default/rtpengine");
    private static final List<String> OTHER_FILES = List.of("/etc/rtpengine.conf");
    private static final int FIRST = 30000;
    private static final int LAST = 40000;

    private static final Pattern ASSIGNMENT = Pattern.compile("\\s*(?:export\\s+)?([A-Z_]+)=[\"']?([^\"'#]*)[\"']?.*");

    private final ConfigFiles files;
    private final Options options;
    private final PortsFound found = new PortsFound();
    private final Map<String, Value> values = new HashMap<>();

    private record Value(String text, String file) {}

    RtpenginePorts(ConfigFiles files, List<String> arguments) {
        this.files = files;
        this.options = new Options(arguments);
    }

    List<ConfiguredPorts> read() {
        var section = new String[] {"rtpengine"};
        var config = new String[] {""};
        for (var path : ENVIRONMENTS) {
            files.text(path).ifPresent(text -> environment(text, path, config, section));
        }
        options.last("--config-section").ifPresent(s -> section[0] = s);
        options.last("--config-file").ifPresent(f -> config[0] = f);
        var path = config[0].isEmpty() ? usualFile() : config[0];
        files.text(path).ifPresent(text -> ini(text, path, section[0]));
        argument("port-min", "-m");
        argument("port-max", "-M");
        argument("listen-ng", "-n");
        argument("listen-tcp-ng", "--listen-tcp-ng");
        argument("listen-cli", "-c");
        argument("listen-http", "--listen-http");
        media();
        control("listen-ng", Protocol.UDP, "the control port");
        control("listen-tcp-ng", Protocol.TCP, "the control port");
        control("listen-cli", Protocol.TCP, "the port for rtpengine-ctl");
        control("listen-http", Protocol.TCP, "the HTTP port");
        return found.all();
    }

    private String usualFile() {
        return OTHER_FILES.stream()
                .filter(f -> files.text(FILE).isEmpty() && files.text(f).isPresent())
                .findFirst()
                .orElse(FILE);
    }

    private void environment(String text, String path, String[] config, String[] section) {
        for (var line : text.lines().toList()) {
            var assignment = ASSIGNMENT.matcher(line);
            if (assignment.matches()) {
                var value = assignment.group(2).strip();
                switch (assignment.group(1)) {
                    case "CONFIG_FILE" -> config[0] = value;
                    case "CONFIG_SECTION" -> section[0] = value;
                    case "PORT_MIN" -> values.put("port-min", new Value(value, path));
                    case "PORT_MAX" -> values.put("port-max", new Value(value, path));
                    case "LISTEN_NG" -> values.put("listen-ng", new Value(value, path));
                    case "LISTEN_CLI" -> values.put("listen-cli", new Value(value, path));
                    case "LISTEN_HTTP" -> values.put("listen-http", new Value(value, path));
                    default -> {}
                }
            }
        }
    }

    /** The file format of GLib: sections of {@code key = value}, comments after {@code #} at the beginning of a line. */
    private void ini(String text, String path, String wanted) {
        var section = "";
        for (var line : text.lines().map(String::strip).toList()) {
            if (line.startsWith("[") && line.endsWith("]")) {
                section = line.substring(1, line.length() - 1);
            } else if (section.equals(wanted) && !line.startsWith("#") && line.contains("=")) {
                int equals = line.indexOf('=');
                values.put(
                        line.substring(0, equals).strip(),
                        new Value(line.substring(equals + 1).strip(), path));
            }
        }
    }

    private void argument(String key, String letter) {
        options.last("--" + key, letter).ifPresent(v -> values.put(key, new Value(v, "its command line")));
    }

    private void media() {
        int first = number("port-min", FIRST);
        int last = number("port-max", LAST);
        var file = Optional.ofNullable(values.get("port-min"))
                .or(() -> Optional.ofNullable(values.get("port-max")))
                .map(Value::file)
                .orElse("");
        found.media(first, last, "RTP", new Place("port-min, port-max", file));
    }

    private int number(String key, int otherwise) {
        int number = Endpoint.number(
                Optional.ofNullable(values.get(key)).map(Value::text).orElse(""));
        return number == 0 ? otherwise : number;
    }

    /** The option may have several values. */
    private void control(String key, Protocol protocol, String what) {
        var value = values.get(key);
        if (value != null) {
            for (var word : value.text().split("[;,\\s]+")) {
                found.add(Use.CONTROL, protocol, Endpoint.parse(word), 0, what, new Place(key, value.file()));
            }
        }
    }
}
