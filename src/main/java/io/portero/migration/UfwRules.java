package io.portero.migration;

import io.portero.migration.ForeignRules.Reading;
import io.portero.policy.AddressSet;
import io.portero.policy.PortRange;
import io.portero.policy.Protocol;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Reads {@code /etc/ufw/user.rules} and {@code user6.rules}.
 *
 * <p>Only the lines {@code ### tuple ###} are read; ufw generates the rest from them. Their fields are action,
 * protocol, port and address of this host, port and address of the sender, names of application profiles where there
 * are any, direction and interface (ufw 0.36, {@code parse_tuple_rule}).
 */
public final class UfwRules {
    private static final String TUPLE = "### tuple ### ";
    private static final String COMMENT = "comment=";
    private static final int WORDS = 6;
    private static final List<String> NOWHERE = List.of("0.0.0.0/0", "::/0");

    private UfwRules() {}

    /**
     * @param file the file name for messages
     * @param v6 whether the file has IPv6 rules
     * @param closed whether ufw refuses what no rule admits
     */
    public static ForeignRules read(String file, String text, boolean v6, boolean closed) {
        var reading = new Reading();
        var everybody = v6 ? ForeignRule.ALL_V6 : ForeignRule.ALL_V4;
        var lines = text.lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).startsWith(TUPLE)) {
                var tuple = lines.get(i).substring(TUPLE.length()).strip();
                read(file + ":" + (i + 1), tuple, everybody, reading);
            }
        }
        reading.ping(everybody); // before.rules admits echo-request
        return reading.end(closed);
    }

    /** Whether {@code /etc/default/ufw} refuses what no rule admits. */
    public static boolean isClosed(String defaults) {
        return defaults.lines().noneMatch(l -> l.strip().matches("DEFAULT_INPUT_POLICY=\"?ACCEPT\"?"));
    }

    private static void read(String where, String tuple, AddressSet everybody, Reading reading) {
        var words = new ArrayList<>(List.of(tuple.split(" +")));
        var note =
                words.getLast().startsWith(COMMENT) ? unhex(words.removeLast().substring(COMMENT.length())) : "";
        var direction = words.getLast();
        if (words.size() < WORDS + 1) {
            reading.left(where, tuple, "this form of a rule is unknown");
        } else if (words.getFirst().startsWith("route:")) {
            reading.left(where, tuple, "Portero does not filter packets that this host forwards");
        } else if (direction.equals("out") || direction.startsWith("out_")) {
            reading.left(
                    where, tuple, "it is about packets that this host sends; carry it over by hand, below outgoing");
        } else if (!isAny(words.get(4))) {
            reading.left(where, tuple, "it matches the source port, which any sender can choose");
        } else {
            rule(where, tuple, words, everybody, note, reading);
        }
    }

    private static void rule(
            String where, String tuple, List<String> words, AddressSet everybody, String note, Reading reading) {
        var action = words.get(0).replaceAll("_log(-all)?$", "");
        var ports = ports(words.get(1), words.get(2));
        var from = NOWHERE.contains(words.get(5)) ? Optional.of(everybody) : ForeignRule.addresses(words.get(5));
        if (ports.isEmpty() || from.isEmpty()) {
            reading.left(where, tuple, "this protocol, these ports or this address cannot be written in a policy");
            return;
        }
        var direction = words.getLast();
        var on = direction.startsWith("in_") ? List.of(direction.substring("in_".length())) : List.<String>of();
        var rule = new ForeignRule(
                where,
                action.equals("allow") || action.equals("limit"),
                ports.get(),
                from.get(),
                NOWHERE.contains(words.get(3)) ? List.of() : ForeignRule.printed(words.get(3)),
                on,
                note);
        reading.rule(rule);
        if (action.equals("limit")) {
            reading.left(
                    where,
                    tuple,
                    "its limit is left out: ufw counts connections, Portero counts packets; see limit in"
                            + " docs/policy.md");
        }
    }

    private static boolean isAny(String word) {
        return word.equals("any");
    }

    /** No ports means all ports; nothing if a policy cannot express it. */
    private static Optional<List<PortRange>> ports(String protocol, String ports) {
        var protocols = isAny(protocol) ? List.of("tcp", "udp") : List.of(protocol);
        try {
            if (isAny(ports)) {
                return Optional.of(isAny(protocol) ? List.of() : List.of(whole(protocol)));
            }
            var found = new ArrayList<PortRange>();
            for (var name : protocols) {
                for (var range : ports.split(",")) {
                    found.add(PortRange.parse(range.replace(':', '-') + "/" + name));
                }
            }
            return Optional.of(found);
        } catch (PortRange.NotAPort e) {
            return Optional.empty();
        }
    }

    static PortRange whole(String protocol) throws PortRange.NotAPort {
        var known = Protocol.of(protocol);
        return known.isPresent() && known.get().hasPorts()
                ? new PortRange(known.get(), 1, PortRange.HIGHEST)
                : PortRange.parse(protocol);
    }

    private static String unhex(String digits) {
        try {
            return new String(HexFormat.of().parseHex(digits), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return "";
        }
    }
}
