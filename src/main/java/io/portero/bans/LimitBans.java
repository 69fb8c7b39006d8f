package io.portero.bans;

import io.portero.plan.Snapshot;
import io.portero.plan.TimedMember;
import io.portero.policy.AddressRange;
import io.portero.policy.Family;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Bans that the kernel makes by itself, of sources that exceed the limit of a service: an IPv4 address or an IPv6 /64.
 *
 * <p>They are in separate sets, which the policy creates, and are not stored: the kernel makes them again.
 */
final class LimitBans {
    private static final String BEGIN = "limit_";
    private static final String MIDDLE = ".banned_";
    private static final Pattern SET = Pattern.compile("limit_([^.]+)\\.banned_v[46]");
    private static final int SITE = 64;

    private LimitBans() {}

    /** The bans in a table. */
    static List<Ban> of(Snapshot table, Instant now) {
        var bans = new ArrayList<Ban>();
        table.sets().forEach((name, set) -> {
            var matcher = SET.matcher(name);
            if (matcher.matches()) {
                var owner = Owner.limit(matcher.group(1));
                set.timed().forEach(m -> bans.add(ban(m, owner, now)));
            }
        });
        return bans;
    }

    private static Ban ban(TimedMember member, Owner owner, Instant now) {
        var first = member.address();
        var what = first.family() == Family.V4 ? AddressRange.of(first) : AddressRange.network(first, SITE);
        return new Ban(what, owner, member.left().map(now::plus), false, "");
    }

    /** The set that contains one of them. */
    static String set(Ban ban) {
        return BEGIN + ban.by().service() + MIDDLE + ban.what().family().suffix();
    }
}
