package io.portero.compile;

import io.portero.policy.AddressSet;
import io.portero.policy.Family;
import io.portero.policy.Policy;
import io.portero.policy.Sources;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;

/** The address sets of a policy, and the rules that look sources up in them. */
final class SourceSets {
    static final List<Family> BOTH = List.of(Family.values());

    /** From this number on, single addresses have a set of their own; fewer are easier to read in one set. */
    private static final int MANY_HOSTS = 256;

    private static final String HOSTS = ".hosts";

    private final Policy policy;
    private final SortedMap<String, NamedSet> sets;

    /** @param sets receives the sets that the rules use */
    SourceSets(Policy policy, SortedMap<String, NamedSet> sets) {
        this.policy = policy;
        this.sets = sets;
    }

    void add(NamedSet set) {
        sets.put(set.name(), set);
    }

    /** The address of a packet that is looked up. */
    enum End {
        SOURCE("saddr"),
        DESTINATION("daddr");

        private final String word;

        End(String word) {
            this.word = word;
        }

        String of(Family family) {
            return switch (family) {
                case V4 -> "ip " + word;
                case V6 -> "ip6 " + word;
            };
        }
    }

    /** The rules that apply {@code action} to packets that match {@code condition} and come from these sources. */
    List<Rule> matching(
            String key, Sources sources, String ownSet, List<Family> families, String condition, String action) {
        return matching(End.SOURCE, key, sources, ownSet, families, condition, action);
    }

    /** The rules that apply {@code action} to packets that match {@code condition} and go to these destinations. */
    List<Rule> towards(String key, Sources destinations, String ownSet, String condition, String action) {
        return matching(End.DESTINATION, key, destinations, ownSet, BOTH, condition, action);
    }

    private List<Rule> matching(
            End end,
            String key,
            Sources sources,
            String ownSet,
            List<Family> families,
            String condition,
            String action) {
        if (sources.any()) {
            return List.of(new Rule(key + ": any", condition + action));
        }
        var rules = new ArrayList<Rule>();
        for (var group : sources.groups()) {
            addMembers(group, policy.group(group).addresses());
            rules.addAll(lookUpMembers(end, key + ": " + group, group, families, condition, action));
        }
        if (!sources.others().nothingNamed()) {
            addMembers(ownSet, sources.literals());
            rules.addAll(lookUpMembers(end, key, ownSet, families, condition, action));
        }
        return rules;
    }

    private List<Rule> lookUpMembers(
            End end, String key, String set, List<Family> families, String condition, String action) {
        var rules = new ArrayList<Rule>();
        for (var family : families) {
            if (sets.containsKey(set + HOSTS + "_" + family.suffix())) {
                rules.addAll(lookUp(end, key, set + HOSTS, List.of(family), condition, action));
            }
            rules.addAll(lookUp(end, key, set, List.of(family), condition, action));
        }
        return rules;
    }

    static List<Rule> lookUp(String key, String set, List<Family> families, String condition, String action) {
        return lookUp(End.SOURCE, key, set, families, condition, action);
    }

    static List<Rule> lookUp(End end, String key, String set, List<Family> families, String condition, String action) {
        return families.stream()
                .map(family ->
                        new Rule(key, condition + end.of(family) + " @" + set + "_" + family.suffix() + " " + action))
                .toList();
    }

    private void addMembers(String name, AddressSet addresses) {
        for (var family : BOTH) {
            if (sets.containsKey(name + "_" + family.suffix())) {
                continue; // for another rule
            }
            var members = addresses.only(family);
            if (members.hostCount() > MANY_HOSTS) {
                var hosts = name + HOSTS + "_" + family.suffix();
                sets.put(hosts, new NamedSet.Hosts(hosts, family, members.hosts()));
                members = members.networks();
            }
            var full = name + "_" + family.suffix();
            sets.put(full, new NamedSet.Members(full, family, members));
        }
    }

    void addTimed(String name, boolean networks) {
        for (var family : BOTH) {
            var full = name + "_" + family.suffix();
            sets.put(full, new NamedSet.Timed(full, family, networks));
        }
    }

    static String saddr(Family family) {
        return End.SOURCE.of(family);
    }

    /** The source as a limit counts it: the owner of an IPv6 /64 has all its addresses. */
    static String limited(Family family) {
        return switch (family) {
            case V4 -> saddr(family);
            case V6 -> saddr(family) + " & ffff:ffff:ffff:ffff::";
        };
    }
}
