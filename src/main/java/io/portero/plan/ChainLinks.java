package io.portero.plan;

import io.portero.plan.Snapshot.ActualChain;
import io.portero.plan.Snapshot.ActualRule;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The jumps between the chains of a table, and what a packet meets on each.
 *
 * <p>Each rule and chain is read once, because many paths use it.
 */
final class ChainLinks {
    /** The jump of a rule: in nft's own syntax, or in nft's JSON. */
    private static final Pattern TARGET = Pattern.compile("(?:\\b(?:goto|jump) |\"target\":\")([A-Za-z0-9_.-]+)");

    private static final Pattern JUMP = Pattern.compile("\\bjump\\b");

    private final Snapshot table;
    private final IdentityHashMap<ActualRule, Leads> leads = new IdentityHashMap<>();
    private final Map<String, List<String>> words = new HashMap<>();
    private final Map<String, Boolean> looking = new HashMap<>();

    ChainLinks(Snapshot table) {
        this.table = table;
    }

    /**
     * The jump of a rule.
     *
     * @param comesBack whether a packet may return from the target and continue after the rule
     */
    record Leads(List<ActualChain> to, boolean comesBack) {}

    Leads of(ActualRule rule) {
        return leads.computeIfAbsent(
                rule,
                r -> new Leads(
                        TARGET.matcher(r.body())
                                .results()
                                .flatMap(m -> Stream.ofNullable(table.chains().get(m.group(1))))
                                .toList(),
                        JUMP.matcher(r.body()).find()));
    }

    /** Whether what the rule does depends on a map, or on a set that plans change. */
    boolean depends(ActualRule rule) {
        return rule.lookups().stream().anyMatch(name -> isMap(name) || changes(name));
    }

    /** Whether a packet in this chain may reach a rule that depends on them. */
    boolean looksIntoAny(ActualChain chain) {
        var known = looking.get(chain.name());
        if (known == null) {
            known = chain.rules().stream()
                    .anyMatch(rule -> depends(rule) || of(rule).to().stream().anyMatch(this::looksIntoAny));
            looking.put(chain.name(), known);
        }
        return known;
    }

    /**
     * The fate of a packet that matches the rule; it differs between the modes observe and enforce. All chains that the
     * rule leads to matter, because another program may have added an accept to any of them.
     */
    List<String> outcome(ActualRule rule) {
        return of(rule).to().stream().flatMap(chain -> rules(chain).stream()).toList();
    }

    /** What a packet meets in the chain and in the chains that it jumps to. */
    List<String> rules(ActualChain chain) {
        var known = words.get(chain.name());
        if (known == null) {
            known = chain.rules().stream()
                    .flatMap(rule -> Stream.concat(Stream.of(word(rule)), outcome(rule).stream()))
                    .toList();
            words.put(chain.name(), known);
        }
        return known;
    }

    /** A rule with a map is named by the map alone, because the links show the targets of the map. */
    private String word(ActualRule rule) {
        return rule.lookups().stream()
                .filter(this::isMap)
                .map(ChainLinks::withoutHash)
                .findFirst()
                .orElse(rule.comment());
    }

    /**
     * A map's name ends in a hash of its content, and the rule contains the name: only the part before the hash is
     * compared.
     */
    static String withoutHash(String map) {
        return map.substring(0, Math.max(0, map.lastIndexOf('_')));
    }

    private boolean isMap(String name) {
        return table.maps().containsKey(name);
    }

    /** Whether plans change the members of the set. */
    boolean changes(String set) {
        var actual = table.sets().get(set);
        return actual != null && !actual.flags().contains("timeout");
    }
}
