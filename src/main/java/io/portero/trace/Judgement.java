package io.portero.trace;

import io.portero.compile.Reason;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What Portero's table decided about a packet.
 *
 * @param key the policy key that decides, for example {@code services.sip.from: itsp}
 * @param chain the chain that decided
 */
public record Judgement(Ruling ruling, String key, String why, String chain) {
    private static final String DROPPING = "drop_";
    private static final String ACCEPTING = "accept_";
    private static final String LIMITING = "limit_";
    private static final String SERVICE = "service_";

    /** The decision. */
    public enum Ruling {
        ACCEPT,
        DROP,
        /** The policy only observes; mode enforce would drop the packet. */
        WOULD_DROP;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The decision at hook prerouting; chains at hook input come later and count only if they drop the packet. */
    static Optional<Judgement> of(List<Step> ours) {
        int end = 0;
        while (end < ours.size() && !ours.get(end).isAccept() && !ours.get(end).isDrop()) {
            end++;
        }
        if (end == ours.size()) {
            return Optional.empty();
        }
        var first = judge(ours.subList(0, end + 1));
        return first.ruling() == Ruling.ACCEPT
                ? Optional.of(of(ours.subList(end + 1, ours.size()))
                        .filter(second -> second.ruling() != Ruling.ACCEPT)
                        .orElse(first))
                : Optional.of(first);
    }

    private static Judgement judge(List<Step> steps) {
        var last = steps.getLast();
        var leading = steps.reversed().stream()
                .filter(s -> s.leadsTo().startsWith(DROPPING) || s.leadsTo().startsWith(ACCEPTING))
                .findFirst();
        if (last.chain().startsWith(DROPPING)) {
            var reason = reason(last.chain());
            var by = leading.orElse(last);
            return new Judgement(
                    last.isDrop() ? Ruling.DROP : Ruling.WOULD_DROP, key(by, reason), why(reason, by), by.chain());
        }
        var admitting = steps.stream()
                .filter(s -> s.leadsTo().startsWith(ACCEPTING) || s.leadsTo().startsWith(LIMITING))
                .findFirst(); // the rule that admits comes before that of a limit
        var by = last.chain().startsWith(ACCEPTING) ? admitting.orElse(last) : last;
        return last.isDrop()
                ? new Judgement(Ruling.DROP, by.key(), "a rule that this version does not know drops it", by.chain())
                : new Judgement(Ruling.ACCEPT, acceptKey(by), "", by.chain());
    }

    private static String acceptKey(Step by) {
        return switch (by.by()) {
            case Step.By.Rule rule -> by.key();
            case Step.By.Policy policy -> "the end of chain " + by.chain();
            case Step.By.Unknown unknown -> "a rule added after the trace started (" + by.chain() + ")";
        };
    }

    private static Optional<Reason> reason(String chain) {
        return Arrays.stream(Reason.values())
                .filter(r -> chain.equals(DROPPING + r.word()))
                .findFirst();
    }

    /** A rule that refuses contains no key; the name of its chain contains the services that share the port. */
    private static String key(Step by, Optional<Reason> reason) {
        if (by.key().equals("refused") || by.key().isEmpty()) {
            var services = services(by.chain());
            return services.isEmpty() ? reason.map(Reason::word).orElse(by.chain()) : services;
        }
        return by.key().equals("no service") ? "services" : by.key();
    }

    private static String services(String chain) {
        return Arrays.stream(chain.split("\\.", -1))
                .filter(part -> part.startsWith(SERVICE))
                .map(part -> "services." + part.substring(SERVICE.length()) + ".from")
                .reduce((a, b) -> a + ", " + b)
                .orElse("");
    }

    private static String why(Optional<Reason> reason, Step by) {
        return reason.map(r -> switch (r) {
                    case DENY -> "its source is in a denied group";
                    case BANNED -> "its source is banned (portero bans)";
                    case REVOKED -> "its source lost access while this host had flows to it";
                    case INVALID -> "connection tracking calls it invalid (ct state invalid)";
                    case UNTRACKED -> "another table exempts it from connection tracking, and no service has its port";
                    case NO_SERVICE -> "no service has its port or protocol";
                    case SOURCE ->
                        by.key().equals("ping")
                                ? "its source may not ping"
                                : "no service with this port admits its source";
                    case LIMIT -> "its source is over the limit of a service";
                    case STRAY -> "it was delivered here although its destination is not an address of this host";
                    case OUTGOING -> "outgoing does not admit it";
                })
                .orElse("");
    }
}
