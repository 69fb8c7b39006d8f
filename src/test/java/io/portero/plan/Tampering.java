package io.portero.plan;

import io.portero.compile.Chain.Hook;
import io.portero.plan.Snapshot.ActualChain;
import io.portero.plan.Snapshot.ActualMap;
import io.portero.plan.Snapshot.ActualRule;
import io.portero.plan.Snapshot.ActualSet;
import io.portero.policy.AddressRange;
import io.portero.policy.AddressSet;
import io.portero.policy.RandomPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** Random changes of our table by others, as far as a kernel allows them. */
final class Tampering {
    private final Random random;
    private final TreeSet<String> counters;
    private final TreeMap<String, ActualSet> sets;
    private final TreeMap<String, ActualMap> maps;
    private final TreeMap<String, ActualChain> chains;
    private final List<Snapshot.Other> others = new ArrayList<>();
    private boolean dormant;

    private Tampering(Random random, Snapshot table) {
        this.random = random;
        this.counters = new TreeSet<>(table.counters());
        this.sets = new TreeMap<>(table.sets());
        this.maps = new TreeMap<>(table.maps());
        this.chains = new TreeMap<>(table.chains());
    }

    static Snapshot with(Random random, Snapshot table) {
        var tampering = new Tampering(random, table);
        for (int i = random.nextInt(4); i >= 0; i--) {
            tampering.once();
        }
        return new Snapshot(
                table.lister(),
                true,
                tampering.dormant,
                tampering.counters,
                tampering.sets,
                tampering.maps,
                tampering.chains,
                tampering.others);
    }

    private void once() {
        switch (random.nextInt(16)) {
            case 0, 1, 2, 3 -> addMembers(someChanging());
            case 4, 5 -> takeMembers(someChanging());
            case 6 -> rules(List.of());
            case 7, 8 -> rules(without(some(chains).rules()));
            case 9 -> insert(new ActualRule("", "accept", new TreeSet<>()));
            case 10 -> insert(new ActualRule("mine", "ip saddr 198.51.100.0/27 drop", new TreeSet<>()));
            case 11 -> redirect();
            case 12 -> misshape();
            case 13 -> misplace();
            case 14 -> dormant = random.nextInt(4) == 0;
            default -> addForeign();
        }
    }

    private <T> T some(SortedMap<String, T> choices) {
        return List.copyOf(choices.values()).get(random.nextInt(choices.size()));
    }

    private Optional<ActualSet> someChanging() {
        return Optional.of(some(sets)).filter(s -> !s.flags().contains("timeout"));
    }

    private void addMembers(Optional<ActualSet> to) {
        to.ifPresent(set -> {
            var address = new RandomPolicy(random).randomAddress();
            if (set.type().equals("ipv4_addr") == (address.high() == 0)) {
                members(set, set.addresses().union(AddressSet.of(AddressRange.of(address))));
            }
        });
    }

    private void takeMembers(Optional<ActualSet> from) {
        from.ifPresent(set -> {
            var ranges = set.addresses().ranges();
            if (!ranges.isEmpty()) {
                members(set, set.addresses().minus(AddressSet.of(ranges.get(random.nextInt(ranges.size())))));
            }
        });
    }

    private void members(ActualSet set, AddressSet members) {
        sets.put(set.name(), new ActualSet(set.name(), set.type(), set.flags(), members));
    }

    private void rules(List<ActualRule> rules) {
        var chain = some(chains);
        chains.put(chain.name(), new ActualChain(chain.name(), chain.hook(), rules));
    }

    /** Rules of another chain count as foreign rules; the kernel refuses chains that form a loop. */
    private List<ActualRule> without(List<ActualRule> rules) {
        var left = new ArrayList<>(rules);
        if (!left.isEmpty()) {
            left.remove(random.nextInt(left.size()));
        }
        return left.stream()
                .filter(r -> !r.body().contains("goto ")
                        && !r.body().contains("jump ")
                        && !r.body().contains("vmap"))
                .toList();
    }

    private void insert(ActualRule rule) {
        var chain = some(chains);
        var rules = new ArrayList<>(chain.rules());
        rules.addFirst(rule);
        chains.put(chain.name(), new ActualChain(chain.name(), chain.hook(), List.copyOf(rules)));
    }

    private void redirect() {
        var map = some(maps);
        var targets = new TreeMap<>(map.targets());
        if (targets.isEmpty()) { // because of an earlier change
            return;
        }
        var others = new ArrayList<>(map.targets().values());
        targets.put(targets.firstKey(), others.get(random.nextInt(others.size())));
        if (random.nextBoolean()) {
            targets.pollLastEntry();
        }
        maps.put(map.name(), new ActualMap(map.name(), map.type(), map.flags(), targets, true));
    }

    private void misshape() {
        someChanging()
                .ifPresent(set -> sets.put(
                        set.name(),
                        new ActualSet(
                                set.name(),
                                set.type(),
                                set.flags().isEmpty() ? Set.of("interval") : Set.of(),
                                set.addresses())));
    }

    /** A chain that is the target of a jump cannot have a hook. */
    private void misplace() {
        var chain = chains.get("prerouting");
        if (chain != null) {
            var hook = random.nextBoolean()
                    ? Optional.<Hook>empty()
                    : Optional.of(new Hook("filter", "prerouting", 7, "accept"));
            chains.put(chain.name(), new ActualChain(chain.name(), hook, chain.rules()));
        }
    }

    private void addForeign() {
        counters.add("foreign");
        others.add(new Snapshot.Other("quota", "foreign"));
        sets.put("foreign", new ActualSet("foreign", "ipv4_addr", Set.of(), AddressSet.EMPTY));
        chains.put("foreign", new ActualChain("foreign", Optional.empty(), List.of()));
        chains.put(
                "foreign.base",
                new ActualChain(
                        "foreign.base",
                        Optional.of(new Hook("filter", "prerouting", 3, "accept")),
                        List.of(new ActualRule("", "ip saddr @foreign drop", new TreeSet<>(Set.of("foreign"))))));
    }
}
