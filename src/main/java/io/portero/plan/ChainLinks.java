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
 * Where the rules of a table lead, and what a packet finds there.
 *
 * <p>Each rule and chain is read once, since many ways lead through each.
 */
final class ChainLinks {
    /** Where a rule leads: in nft's own words, or in the JSON that nft lists. */
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
     * Where a rule leads.
     *
     * @param comesBack whether a packet may pass the rule by way of there
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

    /** Whether a packet that comes to the chain may come to a rule that does. */
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
     * What becomes of a packet that the rule takes: in mode observe another thing than in mode enforce. All chains that it
     * leads to have a say, since somebody may have let packets through in any of them.
     */
    List<String> outcome(ActualRule rule) {
        return of(rule).to().stream().flatMap(chain -> rules(chain).stream()).toList();
    }

    /** What a packet meets in the chain and in those that it leads to. */
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

    /** What a packet finds in a map is told where the map leads it. */
    private String word(ActualRule rule) {
        return rule.lookups().stream()
                .filter(this::isMap)
                .map(ChainLinks::withoutHash)
                .findFirst()
                .orElse(rule.comment());
    }

    /** A map's name ends in a hash of its content, and the rule that asks it holds that name: what is before it stays. */
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
