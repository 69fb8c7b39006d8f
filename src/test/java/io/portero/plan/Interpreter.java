package io.portero.plan;

import io.portero.plan.RuleText.Term;
import io.portero.plan.Snapshot.ActualChain;
import io.portero.plan.Snapshot.ActualSet;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Decides what happens to a packet, as the kernel would, from the text of a table's rules.
 *
 * <p>The packet passes all base chains in the order of their hooks, and each must accept it.
 */
final class Interpreter {
    private final Snapshot table;
    private final List<ActualChain> bases;

    Interpreter(Snapshot table) {
        this.table = table;
        this.bases = table.chains().values().stream()
                .filter(c -> c.hook().isPresent())
                .sorted(Comparator.comparing(
                                (ActualChain c) -> c.hook().orElseThrow().hook())
                        .reversed() // prerouting, then input
                        .thenComparing(c -> c.hook().orElseThrow().priority()))
                .toList();
    }

    boolean admits(Packet packet) {
        return !table.present()
                || table.dormant()
                || bases.stream()
                        .filter(base -> sees(base.hook().orElseThrow().hook(), packet))
                        .allMatch(base -> passes(base, packet));
    }

    private static boolean sees(String hook, Packet packet) {
        return switch (packet.path()) {
            case IN -> hook.equals("prerouting") || hook.equals("input");
            case OUT -> hook.equals("output");
            // in earlier chains its destination was not an address of this host
            case CONTAINER -> hook.equals("forward");
        };
    }

    private boolean passes(ActualChain base, Packet packet) {
        return verdict(base, packet)
                .orElseGet(() -> base.hook().orElseThrow().policy().equals("accept"));
    }

    /** Empty if the packet returns from the chain. */
    private Optional<Boolean> verdict(ActualChain chain, Packet packet) {
        for (var rule : chain.rules()) {
            for (var term : RuleText.parse(rule.body())) {
                switch (term) {
                    case Term.Verdict(boolean accept) -> {
                        return Optional.of(accept);
                    }
                    case Term.Return back -> {
                        return Optional.empty();
                    }
                    case Term.Goto(var to) -> {
                        return verdict(chain(to), packet);
                    }
                    case Term.Jump(var to) -> {
                        var verdict = verdict(chain(to), packet);
                        if (verdict.isPresent()) {
                            return verdict;
                        }
                        continue;
                    }
                    case Term.Dispatch(var field, var map) -> {
                        var target = target(field, map, packet);
                        if (target.isPresent()) {
                            return verdict(chain(target.get()), packet);
                        }
                    }
                    case Term.Sets sets -> {
                        continue;
                    }
                    case Term.Match match
                    when matches(match, packet) -> {
                        continue;
                    }
                    case Term.Lacks(var field, var word)
                    when packet.field(field).filter(f -> !f.contains(word)).isPresent() -> {
                        continue;
                    }
                    case Term.Match match -> {}
                    case Term.Lacks lacks -> {}
                    case Term.Never never -> {}
                }
                break; // the rule does not match
            }
        }
        return Optional.empty();
    }

    private boolean matches(Term.Match match, Packet packet) {
        var field = packet.field(match.field());
        return field.isPresent()
                && match.not()
                        != match.values().stream()
                                .anyMatch(written -> written.startsWith("@")
                                        ? holds(written.substring(1), packet)
                                        : field.get().stream().anyMatch(v -> RuleText.is(v, written)));
    }

    private boolean holds(String set, Packet packet) {
        var found = existing(table.sets().get(set), set);
        return found.addresses().contains(packet.from())
                || found.timed().stream().anyMatch(m -> m.address().equals(packet.from()));
    }

    private Optional<String> target(String field, String map, Packet packet) {
        var targets = existing(table.maps().get(map), map).targets();
        return packet.field(field).flatMap(value -> {
            int number = Integer.parseInt(value.iterator().next());
            return targets.entrySet().stream()
                    .filter(e ->
                            e.getKey().first() <= number && number <= e.getKey().last())
                    .map(e -> e.getValue())
                    .findFirst();
        });
    }

    private ActualChain chain(String name) {
        return existing(table.chains().get(name), name);
    }

    private static <T> T existing(@Nullable T found, String name) {
        if (found == null) {
            throw new AssertionError("a rule leads to " + name + ", which is not there");
        }
        return found;
    }

    /** The rules of one state with the members of another; an object that only one state has stays as it is. */
    static Snapshot torn(Snapshot rules, Snapshot members) {
        var sets = new TreeMap<>(rules.sets());
        sets.replaceAll((name, set) -> {
            ActualSet other = members.sets().get(name);
            return other == null || !other.type().equals(set.type()) ? set : other;
        });
        return new Snapshot(
                rules.lister(),
                rules.present(),
                rules.dormant(),
                rules.counters(),
                sets,
                rules.maps(),
                rules.chains(),
                rules.others());
    }
}
