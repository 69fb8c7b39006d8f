package io.portero.compile;

import io.portero.policy.AddressRange;
import io.portero.policy.Service;
import java.util.ArrayList;
import java.util.List;

/**
 * Restricts the rules of a service to the interfaces and addresses in its {@code on} and {@code to}.
 *
 * <p>A service without conditions keeps its rules unchanged. Others get a chain for each condition, with one jump for
 * each interface and each network. The addresses are in the rules, not in a set. So a change of them is a change of
 * rules, which plans make in one transaction, and no look-up can use a set before it is filled.
 *
 * <p>An interface is matched by its name (iifname), so the rules stay valid when an interface appears, disappears or is
 * renamed. At hook prerouting that is a bridge, not its port; packets of a VRF pass twice, first by their own interface
 * and then by the VRF's.
 *
 * @param rules the rules in place of the service's rules
 * @param chains the chains that these jump to
 */
record Gate(List<Rule> rules, List<Chain> chains) {
    /**
     * Up to this number of addresses, such as one of each family, conditions in one rule are cheaper than a jump (25
     * ns).
     */
    private static final int FEW = 2;

    /** @param suffix distinguishes the chains of several gates of one service */
    static Gate before(Service service, String suffix, List<Rule> behind) {
        var names = new ServiceNames(service.name());
        var chains = new ArrayList<Chain>();
        var rules = behind;
        if (behind.isEmpty() || service.entrance().isAnywhere()) {
            return new Gate(behind, chains);
        }
        int interfaces = service.entrance().on().size();
        int addresses = service.entrance().to().rangeCount();
        if (addresses > 0) {
            rules = to(service, action(names.to() + suffix, rules, chains));
        }
        if (interfaces == 1 && addresses > 0 && addresses <= FEW) {
            rules = rules.stream()
                    .flatMap(rule -> on(service, rule.text()).stream())
                    .toList();
        } else if (interfaces > 0) {
            rules = on(service, action(names.on() + suffix, rules, chains));
        }
        return new Gate(rules, chains);
    }

    /** The jumps to the rules; a single rule without a condition needs no chain. */
    private static String action(String name, List<Rule> rules, List<Chain> chains) {
        if (rules.size() == 1 && rules.getFirst().isUnconditional()) {
            return rules.getFirst().text();
        }
        chains.add(Chain.of(name, rules));
        return "jump " + name;
    }

    private static List<Rule> on(Service service, String action) {
        return service.entrance().on().stream()
                .map(i -> new Rule(service.onKey() + ": " + i, "iifname \"" + i + "\" " + action))
                .toList();
    }

    private static List<Rule> to(Service service, String action) {
        return service.entrance().to().ranges().stream()
                .map(range -> new Rule(service.toKey(), daddr(range) + " " + range + " " + action))
                .toList();
    }

    private static String daddr(AddressRange range) {
        return switch (range.family()) {
            case V4 -> "ip daddr";
            case V6 -> "ip6 daddr";
        };
    }
}
