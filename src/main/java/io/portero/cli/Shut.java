package io.portero.cli;

import io.portero.apply.Firewall;
import io.portero.apply.Firewall.Reading;
import io.portero.bans.Ban;
import io.portero.bans.Owner;
import io.portero.compile.NamedSet;
import io.portero.plan.TimedMember;
import io.portero.policy.AddressRange;
import io.portero.policy.Family;
import io.portero.policy.Ip;
import io.portero.status.BanRow;
import io.portero.status.Counted;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Sources that are dropped now because they are banned or revoked.
 *
 * <p>Users who may change the firewall read this from the kernel. Others use the agent's status file, which lists
 * only the first few bans.
 */
final class Shut {
    /** A limit counts IPv6 sources by networks of this length, and its sets contain their first addresses. */
    private static final String LIMITED_V6 = "/64";

    private final Firewall firewall;
    private final Path runDirectory;

    Shut(Firewall firewall, Path runDirectory) {
        this.firewall = firewall;
        this.runDirectory = runDirectory;
    }

    /**
     * The facts about an address.
     *
     * @param ban the remaining time and the owner of its ban, as a clause
     * @param revoked a temporary drop because of revoked access, as a clause
     * @param unknown why bans are unknown
     */
    record Found(Optional<String> ban, Optional<String> revoked, Optional<String> unknown) {
        static Found banned(Ip address, String left, String by) {
            return new Found(
                    Optional.of(address + " is banned, " + left + ", by " + by), Optional.empty(), Optional.empty());
        }

        static Found unknown(String why) {
            return new Found(Optional.empty(), Optional.empty(), Optional.of(why));
        }
    }

    Found find(Ip address) {
        return switch (member(NamedSet.BANNED, address)) {
            case Reading.Failed<Optional<TimedMember>> failed ->
                ofStatus(address, failed.failure().sentence());
            case Reading.Of<Optional<TimedMember>>(Optional<TimedMember> member) ->
                member.or(() -> network(address))
                        .map(m -> Found.banned(
                                address,
                                left(m.left()),
                                Ban.found(m, Instant.EPOCH).by().name()))
                        .orElseGet(() -> new Found(Optional.empty(), revoked(address), Optional.empty()));
        };
    }

    /** The remaining time of a ban for exceeding the limit of a service, as a clause. */
    Optional<String> byLimit(String service, Ip address) {
        return switch (firewall.members(new NamedSet.Exceeded(service, address.family()).name())) {
            case Reading.Of<List<TimedMember>>(List<TimedMember> members) ->
                members.stream()
                        .filter(m -> covers(m.range() + (address.family() == Family.V6 ? LIMITED_V6 : ""), address))
                        .findFirst()
                        .map(m -> left(m.left()));
            case Reading.Failed<List<TimedMember>> failed -> byLimitInStatus(service, address);
        };
    }

    private Optional<String> byLimitInStatus(String service, Ip address) {
        return new RunningAgent(runDirectory).find() instanceof RunningAgent.Found.Running(var status)
                ? status.bans().first().stream()
                        .filter(b -> b.by().equals(Owner.limit(service).name()) && covers(b.address(), address))
                        .findFirst()
                        .map(b -> left(b.secondsLeft().map(Duration::ofSeconds)))
                : Optional.empty();
    }

    /** A table of an older version has no set for networks, so no network is banned there. */
    private Optional<TimedMember> network(Ip address) {
        return member(NamedSet.BANNED_NETS, address) instanceof Reading.Of<Optional<TimedMember>>(var member)
                ? member
                : Optional.empty();
    }

    private Optional<String> revoked(Ip address) {
        return member(NamedSet.REVOKED, address)
                        instanceof Reading.Of<Optional<TimedMember>>(Optional<TimedMember> member)
                ? member.map(m -> address + " lost access a short time ago, so its answers to flows of this host"
                        + " are dropped too, unless a service admits it, " + left(m.left()))
                : Optional.empty();
    }

    private Reading<Optional<TimedMember>> member(String set, Ip address) {
        return switch (firewall.members(set + "_" + address.family().suffix())) {
            case Reading.Failed<List<TimedMember>> failed -> new Reading.Failed<>(failed.failure());
            case Reading.Of<List<TimedMember>>(List<TimedMember> members) ->
                new Reading.Of<>(members.stream()
                        .filter(m -> m.range().contains(address))
                        .findFirst());
        };
    }

    private static String left(Optional<Duration> left) {
        return left.map(d -> "for another " + BanDuration.text(d)).orElse("for ever");
    }

    private Found ofStatus(Ip address, String why) {
        return switch (new RunningAgent(runDirectory).find()) {
            case RunningAgent.Found.Not not -> Found.unknown(why);
            case RunningAgent.Found.Running(var status) -> ofStatus(address, status.bans(), why);
        };
    }

    private static Found ofStatus(Ip address, Counted<BanRow> bans, String why) {
        var named = bans.first().stream()
                .filter(b -> !isLimit(b) && covers(b.address(), address))
                .findFirst();
        if (named.isPresent()) {
            return Found.banned(
                    address,
                    left(named.get().secondsLeft().map(Duration::ofSeconds)),
                    named.get().by());
        }
        return bans.count() > bans.first().size()
                ? Found.unknown("the agent's status lists only some of them, and " + why)
                : new Found(Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** These bans apply to only one service; see {@link #byLimit}. */
    private static boolean isLimit(BanRow ban) {
        return ban.by().startsWith(Owner.limit("").name());
    }

    private static boolean covers(String banned, Ip address) {
        try {
            return AddressRange.parse(banned).contains(address);
        } catch (Ip.NotAnAddress e) {
            return false;
        }
    }
}
