package io.portero.plan;

import io.portero.compile.NamedSet;
import io.portero.compile.Rule;
import io.portero.compile.Ruleset;
import io.portero.plan.Snapshot.ActualSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Decides when the members of each set change. At no moment may a source get in that neither the old nor the new
 * ruleset admits, and no source that both admit may be shut out.
 *
 * <p>The members of a set in use and the rules that use it change in separate transactions: the kernel does not make
 * both visible at the same instant. So for some time the rules are old and the members new, or the other way round.
 * That is harmless if old and new rules reach the set by the same paths: a new member gets in early only where the new
 * rules admit it, and an old member stays only where the old rules admit it. It is harmful if ports and members of a
 * service change together: from {@code ssh: [22, 5432] from A} to {@code ssh: [22] from A, B}, B could reach 5432 for a
 * moment. In that case the set is created again under another name. The same is done with an interval set in use if the
 * kernel cannot change it in place.
 */
final class MemberChanges {
    private final Snapshot have;
    private final List<MemberChange> changes;
    private final Set<String> denials;
    private final Set<String> refusals;
    private final IntervalSets intervals;
    private final boolean rulesChange;
    private final Paths before;
    private final Paths after;
    private final Map<String, Time> times = new TreeMap<>();
    private final TemporarySets temporary;
    private final List<Step> temporarySets = new ArrayList<>();

    /**
     * @param misshapen names of sets with a wrong definition, which other code replaces
     * @param rulesChange whether anything but members differs
     */
    MemberChanges(Ruleset want, Snapshot have, Set<String> misshapen, boolean rulesChange, IntervalSets intervals) {
        this.have = have;
        this.intervals = intervals;
        this.changes = want.sets().stream()
                .filter(set -> !misshapen.contains(set.name()))
                .flatMap(set -> change(set).stream())
                .toList();
        this.denials = want.chains().stream()
                .filter(chain -> chain.hook().isPresent())
                .flatMap(chain -> chain.rules().stream())
                .flatMap(rule -> rule.lookups().stream())
                .collect(Collectors.toSet());
        this.refusals = want.chains().stream()
                .flatMap(chain -> chain.rules().stream())
                .filter(Rule::refuses)
                .flatMap(rule -> rule.lookups().stream())
                .collect(Collectors.toSet());
        this.rulesChange = rulesChange || changes.stream().anyMatch(this::isAtRisk);
        boolean both = this.rulesChange && !changes.isEmpty();
        this.before = Paths.of(both ? have : Snapshot.ABSENT);
        this.after = Paths.of(both ? Expected.of(want) : Snapshot.ABSENT);
        changes.forEach(change -> times.put(change.set(), time(change)));
        if (times.entrySet().stream().anyMatch(e -> e.getValue() == Time.ANEW && isLookedUpForAllPorts(e.getKey()))) {
            times.replaceAll((set, time) -> time == Time.AROUND && !isForAllPorts(set) ? Time.ANEW : time);
        }
        var names = new TreeMap<String, String>();
        times.forEach((set, time) -> {
            if (time == Time.ANEW) {
                names.put(set, makeAnew(wanted(want, set)));
            }
        });
        this.temporary = new TemporarySets(names);
    }

    private static NamedSet wanted(Ruleset want, String set) {
        return want.sets().stream()
                .filter(s -> s.name().equals(set))
                .findFirst()
                .orElseThrow();
    }

    private Optional<MemberChange> change(NamedSet set) {
        var actual = have.sets().get(set.name());
        return actual == null ? Optional.empty() : change(set, actual).filter(MemberChange::isOne);
    }

    private static Optional<MemberChange> change(NamedSet set, ActualSet actual) {
        return switch (set) {
            case NamedSet.Members members ->
                Optional.of(new MemberChange(actual.name(), false, actual.addresses(), members.addresses()));
            case NamedSet.Hosts hosts ->
                Optional.of(new MemberChange(actual.name(), true, actual.addresses(), hosts.addresses()));
            case NamedSet.Seen seen -> Optional.empty(); // the kernel's, not ours
            case NamedSet.Learnt learnt -> Optional.empty(); // likewise
            case NamedSet.Metered metered -> Optional.empty(); // likewise
            case NamedSet.Exceeded exceeded -> Optional.empty(); // likewise
            case NamedSet.Timed timed -> Optional.empty(); // managed by others
        };
    }

    /** When the members of a set change. */
    private enum Time {
        /** All at once, because the rules do not change. */
        ALONE,
        /** Before the rules change, because no packet uses the set until then. */
        BEFORE,
        /** After the rules have changed, because no packet uses the set from then on. */
        AFTER,
        /** The set grows before and shrinks afterwards, because the same packets use it before and after. */
        AROUND,
        /** While the rules use another set that already has the new members. */
        ANEW
    }

    private Time time(MemberChange change) {
        var set = change.set();
        if (!rulesChange) {
            return Time.ALONE;
        }
        if (!before.leadTo(set)) {
            return Time.BEFORE;
        }
        if (!after.leadTo(set)) {
            return Time.AFTER;
        }
        if (isAtRisk(change)) {
            return Time.ANEW;
        }
        // A new member of a set may also be refused by a deny set that is new or about to be removed.
        boolean sameDenials = before.forAllPorts(set).equals(after.forAllPorts(set))
                && (before.equalForAllPorts(after) || isForAllPorts(set));
        boolean early = !change.grows() || before.areAmong(after, set);
        boolean late = !change.shrinks() || after.areAmong(before, set);
        return sameDenials && early && late ? Time.AROUND : Time.ANEW;
    }

    /** Whether packets could get a wrong verdict while the set changes. */
    private boolean isAtRisk(MemberChange change) {
        return switch (intervals) {
            case IN_PLACE -> false;
            case ANEW -> !change.single();
        };
    }

    /**
     * Whether the change affects the sources that a deny set refuses; a newly created set takes effect at the same instant
     * as the rules.
     */
    private boolean isLookedUpForAllPorts(String set) {
        return !before.forAllPorts(set).isEmpty() || !after.forAllPorts(set).isEmpty();
    }

    private boolean isForAllPorts(String set) {
        return before.areForAllPorts(set) && after.areForAllPorts(set);
    }

    private Time timeOf(MemberChange change) {
        return Objects.requireNonNull(times.get(change.set()));
    }

    /**
     * Fills a set under a temporary name; reuses a set that a failed plan has left under that name if no packet uses
     * it.
     */
    private String makeAnew(NamedSet set) {
        for (int attempt = 1; ; attempt++) {
            var name = TemporarySets.name(set.name(), attempt);
            var next = TemporarySets.named(set, name);
            var left = have.sets().get(name);
            if (left == null) {
                temporarySets.add(new Step.AddSet(next));
                return name;
            }
            if (Make.isOf(next, left) && !before.leadTo(name)) {
                change(next, left).flatMap(MemberChange::wholly).ifPresent(temporarySets::add);
                return name;
            }
        }
    }

    /** The sets that are created again: the rules use the temporary sets until the real ones are ready. */
    TemporarySets temporary() {
        return temporary;
    }

    /** Adds the steps to the right transactions. */
    void plan(List<Step> fill, List<Step> switchOver, List<Step> clear) {
        fill.addAll(temporarySets);
        var order = MemberChange.inLosslessOrder(changes, denials::contains, refusals::contains);
        order.forEach(change -> {
            switch (timeOf(change)) {
                case ALONE -> change.wholly().ifPresent(switchOver::add);
                case BEFORE -> change.wholly().ifPresent(fill::add);
                case AROUND -> change.growing().ifPresent(fill::add);
                case AFTER, ANEW -> {}
            }
        });
        order.reversed().forEach(change -> {
            switch (timeOf(change)) {
                case ALONE, BEFORE -> {}
                case AROUND -> change.shrinking().ifPresent(clear::add);
                case AFTER, ANEW -> change.wholly().ifPresent(clear::add);
            }
        });
    }
}
