package io.portero.host;

import io.portero.exposure.Membership;
import io.portero.policy.Family;
import io.portero.policy.Ip;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Reads {@code /proc/net/igmp} and {@code /proc/net/igmp6}: the multicast groups that this host has joined, by
 * interface.
 *
 * <p>For IPv4 a line with the interface is followed by one for each group, which is a word in the byte order of the
 * machine; for IPv6 each line has both, and the group as it is sent.
 */
final class Memberships {
    private static final Pattern INTERFACE = Pattern.compile("\\d+\\s+([^\\s:]+)\\s*:.*");
    private static final Pattern GROUP = Pattern.compile("\\s+([0-9A-Fa-f]{8})\\s.*");
    private static final Pattern SIX = Pattern.compile("\\d+\\s+(\\S+)\\s+([0-9a-f]{32})\\s.*");

    private Memberships() {}

    static List<Membership> parse(List<String> igmp, List<String> igmp6) {
        var found = new ArrayList<Membership>();
        var name = "";
        for (var line : igmp) {
            var begin = INTERFACE.matcher(line);
            var group = GROUP.matcher(line);
            if (begin.matches()) {
                name = begin.group(1);
            } else if (group.matches() && !name.isEmpty()) {
                long word = Integer.reverseBytes(HexFormat.fromHexDigits(group.group(1))) & 0xffff_ffffL;
                found.add(new Membership(name, new Ip(Family.V4, 0, word)));
            }
        }
        for (var line : igmp6) {
            var six = SIX.matcher(line);
            if (six.matches()) {
                long high = HexFormat.fromHexDigitsToLong(six.group(2), 0, 16);
                long low = HexFormat.fromHexDigitsToLong(six.group(2), 16, 32);
                found.add(new Membership(six.group(1), new Ip(Family.V6, high, low)));
            }
        }
        return found.stream().filter(m -> !m.isEveryHosts()).distinct().toList();
    }
}
