package io.portero.compile;

import io.portero.policy.Family;
import io.portero.policy.Limit;
import io.portero.policy.Mode;
import io.portero.policy.Policy;
import io.portero.policy.PortRange;
import io.portero.policy.Service;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.stream.Stream;

/**
 * Counts the packets of each source to a service with a limit, drops those over the limit, and bans the source.
 *
 * <p>A source that the service admits goes to {@code limit_NAME} instead of the accepting chain. There each source has
 * a bucket in a set of bounded size, until the bucket is full again. When the set is full, as in a flood with forged
 * sources, further sources share the rate of {@value #SHARED} sources: they are neither unlimited nor all dropped.
 * Sources that the service does not admit are refused anyway. They are counted only if a ban may follow, in separate
 * sets, so that they take no room from admitted sources.
 *
 * <p>The sets of banned sources are looked up right after the answers to this host. A source that a service of the
 * policy names is never banned, and the limit of another service never bans a source from a management service:
 * addresses are shared, and the source of a datagram is easily forged. For the same reason answers pass as well.
 */
final class LimitChains {
    private static final int SHARED = 100;
    private static final String BANNED = "banned_by_limit";
    private static final String BANNED_EVERYWHERE = BANNED + ".everywhere";

    private final Policy policy;
    private final SourceSets sources;

    LimitChains(Policy policy, SourceSets sources) {
        this.policy = policy;
        this.sources = sources;
    }

    /** The rules that refuse banned sources. */
    List<Rule> banned() {
        var rules = new ArrayList<Rule>();
        for (var service : banning()) {
            for (var family : Family.values()) {
                var set = new NamedSet.Exceeded(service.name(), family);
                sources.add(set);
                rules.add(new Rule(
                        service.banKey(),
                        SourceSets.limited(family) + " @" + set.name() + " jump "
                                + (service.management() ? BANNED_EVERYWHERE : BANNED)));
            }
        }
        return rules;
    }

    private List<Service> banning() {
        return policy.enabledServices().stream().filter(Service::bans).toList();
    }

    /** The chains that these rules jump to. */
    List<Chain> chainsOfBanned() {
        var chains = new ArrayList<Chain>();
        if (banning().stream().anyMatch(s -> !s.management())) {
            var rules = new ArrayList<>(spared());
            rules.addAll(wayIn());
            chains.add(banned(BANNED, rules));
        }
        if (banning().stream().anyMatch(Service::management)) {
            chains.add(banned(BANNED_EVERYWHERE, spared()));
        }
        return chains;
    }

    private static Chain banned(String name, List<Rule> spared) {
        var rules = new ArrayList<>(spared);
        rules.add(new Rule("banned by a limit", "goto " + Reason.BANNED.chain()));
        return Chain.of(name, rules);
    }

    /** Returns for sources that a service admits by name. */
    private List<Rule> spared() {
        var rules = new LinkedHashSet<Rule>();
        for (var service : policy.enabledServices()) {
            if (!service.from().any()) {
                sources.matching(
                                "never banned by a limit",
                                service.from(),
                                new ServiceNames(service.name()).from(),
                                SourceSets.BOTH,
                                "",
                                "return")
                        .forEach(rules::add);
            }
        }
        return List.copyOf(rules);
    }

    private List<Rule> wayIn() {
        return policy.enabledServices().stream()
                .filter(Service::management)
                .flatMap(s -> s.ports().stream().flatMap(port -> by(s).map(by -> by + at(port))))
                .distinct()
                .map(way -> new Rule("management services stay open", way + " return"))
                .toList();
    }

    private static Stream<String> by(Service service) {
        var on = service.entrance().on();
        return on.isEmpty() ? Stream.of("") : on.stream().map(i -> "iifname \"" + i + "\" ");
    }

    private static String at(PortRange port) {
        if (!port.protocol().hasPorts()) {
            return "meta l4proto " + port.protocol().number();
        }
        return port.protocol().word() + " dport "
                + (port.first() == port.last() ? port.first() : port.first() + "-" + port.last());
    }

    /** The rules for packets that the service admits. */
    List<Chain> chains(Service service, Limit limit) {
        var names = new ServiceNames(service.name());
        var rules = new ArrayList<Rule>();
        for (var family : Family.values()) {
            rules.add(new Rule(
                    service.limitKey(),
                    "update @" + metered(names.limit(), limit, family) + " { " + SourceSets.limited(family)
                            + " limit rate " + rate(limit, 1) + " } goto " + names.acceptChain()));
        }
        for (var family : Family.values()) {
            rules.add(new Rule(
                    service.limitKey() + ": no room for more sources",
                    SourceSets.limited(family) + " != @" + metered(names.limit(), limit, family) + " goto "
                            + names.limit() + ".shared"));
        }
        boolean bans = service.bans() && policy.mode() == Mode.ENFORCE;
        rules.addAll(over(names, bans && service.from().any() ? names.limit() + ".over" : Reason.LIMIT.chain()));
        var chains = new ArrayList<Chain>();
        chains.add(Chain.of(names.limit(), rules));
        chains.add(shared(service, limit));
        if (!counted(service).isEmpty()) {
            chains.add(strangers(service, limit));
        }
        limit.ban().filter(time -> bans).ifPresent(time -> chains.addAll(bans(service, time)));
        return chains;
    }

    private static List<Rule> over(ServiceNames names, String end) {
        return List.of(
                Delivery.askWhose(),
                new Rule("over the limit", "counter name \"" + names.refused() + "\""),
                new Rule("over the limit", "goto " + end));
    }

    /** Answers never cause a ban. */
    private static Chain shared(Service service, Limit limit) {
        var names = new ServiceNames(service.name());
        var rules = new ArrayList<Rule>();
        rules.add(new Rule(
                service.limitKey() + ": one rate for those without room",
                "limit rate " + rate(limit, SHARED) + " goto " + names.acceptChain()));
        rules.addAll(over(names, Reason.LIMIT.chain()));
        return Chain.of(names.limit() + ".shared", rules);
    }

    /** The rules for packets to this host that the service does not admit. */
    Gate strangers(Service service) {
        return Gate.before(service, ".strangers", counted(service));
    }

    private List<Rule> counted(Service service) {
        return service.bans() && !service.from().any() && policy.mode() == Mode.ENFORCE
                ? List.of(new Rule(service.banKey(), "jump " + new ServiceNames(service.name()).limit() + ".strangers"))
                : List.of();
    }

    private Chain strangers(Service service, Limit limit) {
        var name = new ServiceNames(service.name()).limit() + ".strangers";
        var rules = new ArrayList<Rule>();
        for (var family : Family.values()) {
            rules.add(new Rule(
                    service.banKey(),
                    "update @" + metered(name, limit, family) + " { " + SourceSets.limited(family) + " limit rate over "
                            + rate(limit, 1) + " } goto " + new ServiceNames(service.name()).limit() + ".over"));
        }
        return Chain.of(name, rules);
    }

    private List<Chain> bans(Service service, Duration time) {
        var limit = new ServiceNames(service.name()).limit();
        var rules = new ArrayList<>(spared());
        for (var family : Family.values()) {
            rules.add(new Rule(
                    service.banKey(),
                    "ct direction original update @" + new NamedSet.Exceeded(service.name(), family).name() + " { "
                            + SourceSets.limited(family) + " timeout " + seconds(time) + " }"));
        }
        return List.of(
                Chain.of(limit + ".ban", rules),
                Chain.of(
                        limit + ".over",
                        List.of(
                                new Rule(service.banKey(), "jump " + limit + ".ban"),
                                new Rule("over the limit", "goto " + Reason.LIMIT.chain()))));
    }

    /** The name contains the rate, because each bucket keeps the rate with which it was created. */
    private String metered(String prefix, Limit limit, Family family) {
        var name = prefix + "." + limit.packets() + limit.per().word().charAt(0) + "_" + limit.burst() + "_"
                + family.suffix();
        sources.add(new NamedSet.Metered(name, family, limit.refill().plusSeconds(1)));
        return name;
    }

    private static String rate(Limit limit, int times) {
        return (long) limit.packets() * times + "/" + limit.per().word() + " burst " + (long) limit.burst() * times
                + " packets";
    }

    /** nft 1.0.6 reads at most eight digits of a number. */
    private static String seconds(Duration time) {
        return time.toMillis() % 1000 == 0 ? time.toSeconds() + "s" : time.toMillis() + "ms";
    }
}
