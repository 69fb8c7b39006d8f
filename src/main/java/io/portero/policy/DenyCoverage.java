package io.portero.policy;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Finds sources in {@code deny} that are there by mistake: everybody, gateways, resolvers, this host itself, and
 * sources that a service admits by name. Published lists contain such networks.
 */
public final class DenyCoverage {
    private static final int SHOWN = 3;
    /** The first and last unicast address that is routed on the Internet: RFC 1122, RFC 1112, RFC 4291. */
    private static final AddressSet INTERNET_V4 =
            AddressSet.of(new AddressRange(v4(1, 0), new Ip(Family.V4, 0, 0xdfff_ffffL)));

    private static final AddressSet NOT_ROUTED_V4 = AddressSet.of(
            AddressRange.network(v4(10, 0), 8),
            AddressRange.network(v4(100, 64), 10),
            AddressRange.network(v4(127, 0), 8),
            AddressRange.network(v4(169, 254), 16),
            AddressRange.network(v4(172, 16), 12),
            AddressRange.network(v4(192, 168), 16));
    private static final AddressSet INTERNET_V6 =
            AddressSet.of(AddressRange.network(new Ip(Family.V6, 0x2000_0000_0000_0000L, 0), 3));

    private final Policy policy;
    private final AddressSet denied;
    private final List<Cover> found = new ArrayList<>();

    private DenyCoverage(Policy policy) {
        this.policy = policy;
        this.denied = policy.deny().addresses(policy.groups());
    }

    private static Ip v4(int first, int second) {
        return new Ip(Family.V4, 0, (long) first << 24 | (long) second << 16);
    }

    /**
     * Denied addresses.
     *
     * @param whom the addresses, and the group that denies them
     * @param consequence the consequence, as a clause
     * @param sentence the whole sentence, with {@code it} for the list that denies them
     */
    public record Cover(String whom, String consequence, String mend, String sentence) {}

    /** A sentence for each of {@link #covers}. */
    public static List<String> warnings(
            Policy policy, SortedMap<String, ? extends Collection<AddressRange>> members, Surroundings host) {
        return covers(policy, members, host).stream().map(Cover::sentence).toList();
    }

    /**
     * One finding for each kind, including what is known about the host.
     *
     * @param members the sources that services admit, by group or key. A network counts only if all of it is denied,
     * because a partial denial is probably meant
     */
    public static List<Cover> covers(
            Policy policy, SortedMap<String, ? extends Collection<AddressRange>> members, Surroundings host) {
        var coverage = new DenyCoverage(policy);
        if (!coverage.denied.isEmpty()) {
            coverage.everybody();
            coverage.hosts(
                    "the gateway", "gateways", host.gateways(), "its ICMP errors, such as path MTU, are dropped");
            coverage.hosts(
                    "the resolver",
                    "resolvers",
                    host.resolvers(),
                    "its answers are dropped, so host names cannot be resolved");
            coverage.hosts(
                    "this host's own address",
                    "of this host's own addresses",
                    own(policy, host),
                    "other hosts on its network are probably covered, too");
            coverage.members(members);
        }
        return List.copyOf(coverage.found);
    }

    private void everybody() {
        boolean v4 = INTERNET_V4.minus(NOT_ROUTED_V4).minus(denied).isEmpty();
        boolean v6 = INTERNET_V6.minus(denied).isEmpty();
        if (v4 || v6) {
            var which = v4 && v6 ? "" : v4 ? " over IPv4" : " over IPv6";
            var whom = "all possible sources" + which;
            var mend = "remove the networks that are too large";
            found.add(new Cover(
                    whom, "nobody has access", mend, "it covers " + whom + ", so nobody has access; " + mend));
        }
    }

    /** Addresses of trusted interfaces do not come in by other interfaces. */
    private static SortedSet<Ip> own(Policy policy, Surroundings host) {
        var own = new TreeSet<Ip>();
        host.addresses().forEach((name, addresses) -> {
            if (policy.trust(name).isEmpty()) {
                own.addAll(addresses);
            }
        });
        return own;
    }

    private void hosts(String one, String many, SortedSet<Ip> hosts, String consequence) {
        var covered = hosts.stream().filter(denied::contains).toList();
        if (!covered.isEmpty()) {
            var words = covered.stream().map(ip -> ip + by(ip)).toList();
            var whom = (covered.size() == 1 ? one : covered.size() + " " + many) + " " + some(words);
            var mend = "remove " + (covered.size() == 1 ? "it" : "them") + " from the denied groups";
            found.add(new Cover(whom, consequence, mend, "it covers " + whom + ": " + consequence + "; " + mend));
        }
    }

    /** The denied groups that contain it. */
    private String by(Ip address) {
        Optional<String> group = policy.deny().groups().stream()
                .filter(name -> policy.group(name).addresses().contains(address))
                .findFirst();
        return group.map(name -> " (in " + name + ")").orElse("");
    }

    private void members(SortedMap<String, ? extends Collection<AddressRange>> members) {
        var words = new ArrayList<String>();
        members.forEach((name, ranges) ->
                ranges.stream().filter(denied::contains).forEach(range -> words.add(range + " (in " + name + ")")));
        if (!words.isEmpty()) {
            var whom = "sources that services admit";
            var consequence = "deny is stronger";
            var mend = "remove them from deny or from the services";
            found.add(new Cover(
                    whom + ": " + some(words),
                    consequence,
                    mend,
                    "it covers " + whom + ", and " + consequence + ": " + some(words) + "; " + mend));
        }
    }

    private static String some(List<String> words) {
        var shown = words.stream().limit(SHOWN).collect(Collectors.joining(", "));
        return words.size() <= SHOWN ? shown : shown + " and " + (words.size() - SHOWN) + " more";
    }
}
