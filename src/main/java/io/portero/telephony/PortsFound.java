package io.portero.telephony;

import io.portero.policy.PortRange;
import io.portero.policy.Protocol;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects ports; invalid port numbers are skipped, because no program could use them. */
final class PortsFound {
    static final Comparator<ConfiguredPorts> ORDER =
            Comparator.comparing(ConfiguredPorts::use).thenComparing(ConfiguredPorts::ports);

    private final List<ConfiguredPorts> found = new ArrayList<>();

    /** @param place the file and key of the setting */
    void add(Use use, Protocol protocol, Endpoint where, int usual, String what, Place place) {
        int port = where.port() == 0 ? usual : where.port();
        if (isPort(port)) {
            found.add(new ConfiguredPorts(
                    use, new PortRange(protocol, port, port), where.address(), what, place.setting(), place.file()));
        }
    }

    /** A UDP range for voice; if its ends are reversed, programs swap them or refuse the range. */
    void media(int first, int last, String what, Place place) {
        int low = Math.min(first, last);
        int high = Math.max(first, last);
        if (isPort(low) && isPort(high)) {
            found.add(new ConfiguredPorts(
                    Use.MEDIA,
                    new PortRange(Protocol.UDP, low, high),
                    Endpoint.ANYWHERE.address(),
                    what,
                    place.setting(),
                    place.file()));
        }
    }

    private static boolean isPort(int port) {
        return port >= 1 && port <= PortRange.HIGHEST;
    }

    List<ConfiguredPorts> all() {
        return found;
    }

    /** The place of a setting; a file without a name means the program's default. */
    record Place(String setting, String file) {
        static Place byDefault(String setting) {
            return new Place(setting, "");
        }
    }
}
