package io.portero.names;

import io.portero.policy.AddressSet;
import io.portero.policy.Reference.HostName;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Executors;

/** Resolves names once, for commands, which do not follow them. */
public final class NamesAtOnce {
    private final NameStore store;
    private final Resolver resolver;
    private final boolean afresh;

    /**
     * @param afresh whether to resolve names with a stored answer again; the stored answer is then used only after a
     * failure
     */
    public NamesAtOnce(NameStore store, Resolver resolver, boolean afresh) {
        this.store = store;
        this.resolver = resolver;
        this.afresh = afresh;
    }

    /** Unresolved names are left out. Takes as long as the slowest answer. */
    public Map<HostName, AddressSet> addresses(Set<HostName> wanted) {
        var cache = NameCache.load(store, Clock.systemUTC());
        var places = new TreeMap<HostName, TreeSet<String>>();
        wanted.forEach(name -> places.put(name, new TreeSet<>()));
        cache.follow(Map.copyOf(places), Duration.ofDays(1));
        var kept = cache.addresses();
        try (var asking = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var name : wanted) {
                if (afresh || !kept.containsKey(name)) {
                    asking.execute(() -> cache.learn(name, resolver.resolve(name)));
                }
            }
        }
        return cache.addresses();
    }
}
