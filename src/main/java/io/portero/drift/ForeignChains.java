package io.portero.drift;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The known foreign base chains: all of them if the kernel lists its hooks, otherwise those created since the agent
 * started. May be used by any thread.
 */
public final class ForeignChains {
    private static final int MOST = 1000;

    private final Map<String, ForeignChain> chains = new LinkedHashMap<>();

    /** Replaces all of them. */
    public synchronized void found(Collection<ForeignChain> all) {
        chains.clear();
        all.forEach(this::came);
    }

    public synchronized void came(ForeignChain chain) {
        if (chains.size() < MOST) {
            chains.put(chain.where() + " " + chain.chain(), chain);
        }
    }

    /** @param chain its family, table and name */
    public synchronized void went(String chain) {
        chains.remove(chain);
    }

    /** The chains that see packets before ours. */
    public synchronized List<ForeignChain> beforeUs() {
        return chains.values().stream().filter(ForeignChain::isBeforeUs).toList();
    }

    /** What they mean for us, a sentence for each. */
    public List<String> remarks() {
        return beforeUs().stream()
                .map(n -> n
                        + " sees packets before this policy does; this policy does not see what it drops, and"
                        + " sees what it rewrites only afterwards")
                .toList();
    }

    /** The tables of these chains. */
    public synchronized SortedSet<String> tables() {
        var tables = new TreeSet<String>();
        chains.values().forEach(n -> tables.add(n.where()));
        return tables;
    }
}
