package io.portero.migration;

import io.portero.policy.AddressSet;
import io.portero.policy.PortRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Parses one {@code -A} line of iptables, from after the chain name. */
final class IptablesRule {
    private static final Set<String> ANSWERS = Set.of("RELATED", "ESTABLISHED", "INVALID", "UNTRACKED", "DNAT", "SNAT");
    private static final Set<String> PINGS = Set.of("8", "8/0", "echo-request", "128", "128/0");
    private static final Set<String> ALL_OF_THEM = Set.of("255", "any");

    private final List<String> words;
    private final AddressSet everybody;
    private Match match;
    private String protocol = "";
    private String target = "";
    private boolean goesForGood;
    private String comment = "";
    private int at;
    private boolean inverted;

    IptablesRule(List<String> words, AddressSet everybody) {
        this.words = words;
        this.everybody = everybody;
        this.match = Match.all(everybody);
        while (at < words.size()) {
            option(next());
        }
        if (!protocol.isEmpty() && match.ports().isEmpty() && match.kind() == Match.Kind.JUDGED) {
            ports(List.of()); // all of it
        }
    }

    private String next() {
        return at < words.size() ? words.get(at++) : "";
    }

    private void option(String option) {
        switch (option) {
            case "!" -> {
                inverted = true;
                return;
            }
            case "-p", "--protocol" -> protocol(next());
            case "-s", "--source", "--src-range" -> source(next());
            case "-d", "--destination" -> to(next());
            case "-i", "--in-interface" -> interfaceName(next());
            case "-m", "--match" -> match(next());
            case "--dport", "--destination-port" -> ports(List.of(next()));
            case "--dports", "--destination-ports" -> ports(List.of(next().split(",")));
            case "--ports" -> ports(List.of(next().split(",")));
            case "--sport", "--sports", "--source-port", "--source-ports" -> {
                next();
                odd("it matches the source port, which any sender can choose");
            }
            case "--ctstate", "--state" -> state(next());
            case "--icmp-type", "--icmpv6-type" -> icmp(next());
            case "--dst-type" -> destinationType(next());
            case "--comment" -> comment = next();
            case "-j", "--jump" -> target = next();
            case "-g", "--goto" -> {
                target = next();
                goesForGood = true;
            }
            case "--reject-with",
                    "--log-prefix",
                    "--log-level",
                    "--nflog-prefix",
                    "--nflog-group",
                    "--set-mark",
                    "--set-xmark" -> next();
            case "--syn", "--tcp-flags", "--log-tcp-options", "--log-ip-options", "--log-uid" -> flags(option);
            default -> {
                if (option.startsWith("-") && match.odd().isEmpty()) {
                    odd("a policy has no " + option.replaceAll("^-+", ""));
                }
            }
        }
        inverted = false;
    }

    /** Only the first packet of a flow has these flags. */
    private void flags(String option) {
        if (option.equals("--tcp-flags")) {
            var mask = next();
            var set = next();
            if (!set.equals("SYN") || !mask.contains("SYN")) {
                match = match.kind(Match.Kind.SETTLED); // flags that no real flow has
            }
        } else if (option.equals("--syn") && inverted) {
            match = match.kind(Match.Kind.SETTLED);
        }
    }

    private void odd(String why) {
        match = match.odd(why);
    }

    private void protocol(String name) {
        if (inverted) {
            odd("it matches all protocols except some");
        } else if (name.equals("icmp") || name.equals("ipv6-icmp") || name.equals("icmpv6")) {
            match = match.kind(Match.Kind.PING);
        } else if (!name.equals("all")) {
            protocol = name.equals("udplite") ? "protocol:136" : name;
        }
    }

    private void source(String word) {
        ForeignRule.addresses(word)
                .ifPresentOrElse(
                        a -> match = match.from(inverted ? everybody.minus(a) : a),
                        () -> odd(word + " is not an address"));
    }

    private void to(String word) {
        if (inverted) {
            odd("it matches all addresses of this host except some");
        } else if (ForeignRule.addresses(word).isEmpty()) {
            odd(word + " is not an address");
        } else {
            match = match.to(ForeignRule.printed(word));
        }
    }

    private void interfaceName(String name) {
        if (name.equals("lo")) {
            if (!inverted) {
                match = match.kind(Match.Kind.SETTLED);
            }
        } else if (inverted) {
            odd("it matches all interfaces except some");
        } else {
            match = match.on(List.of(name.replace('+', '*')));
        }
    }

    private void match(String module) {
        switch (module) {
            case "limit" -> odd("its limit counts the packets of all sources together");
            case "hashlimit", "recent", "connlimit" -> odd(module + " must be written by hand, as limit of a service");
            case "set" -> odd("an ipset must be written by hand, as a group");
            default -> {}
        }
    }

    /**
     * A rule with states but without NEW applies to answers; with NEW, or without any state, it applies to new flows.
     */
    private void state(String states) {
        var wanted = new ArrayList<>(List.of(states.split(",")));
        boolean hasNew = wanted.contains("NEW");
        wanted.removeAll(ANSWERS);
        wanted.remove("NEW");
        if (!wanted.isEmpty()) {
            odd("a policy has no state " + String.join(",", wanted));
        } else if (hasNew == inverted) {
            match = match.kind(Match.Kind.SETTLED);
        }
    }

    private void icmp(String type) {
        if (!PINGS.contains(type) && !ALL_OF_THEM.contains(type)) {
            match = match.kind(Match.Kind.SETTLED);
        }
    }

    private void destinationType(String type) {
        if (type.equals("BROADCAST") || type.equals("MULTICAST") || type.equals("ANYCAST")) {
            odd("it is about " + type.toLowerCase(java.util.Locale.ROOT) + " addresses");
        } else if (!type.equals("LOCAL") || inverted) {
            odd("a policy has no destination of type " + type);
        }
    }

    private void ports(List<String> written) {
        if (inverted) {
            odd("it matches all ports except some");
            return;
        }
        try {
            var found = new ArrayList<PortRange>();
            for (var range : written) {
                var whole =
                        range.startsWith(":") ? "1" + range : range.endsWith(":") ? range + PortRange.HIGHEST : range;
                found.add(PortRange.parse(whole.replace(':', '-') + "/" + protocol));
            }
            match = match.ports(found.isEmpty() ? List.of(UfwRules.whole(protocol)) : found);
        } catch (PortRange.NotAPort e) {
            odd(protocol + " " + String.join(",", written) + " cannot be written in a policy");
        }
    }

    Match match() {
        return match;
    }

    /** Empty when there is none. */
    String target() {
        return target;
    }

    boolean goesForGood() {
        return goesForGood;
    }

    String comment() {
        return comment;
    }
}
