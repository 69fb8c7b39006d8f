package io.portero.bans;

import io.portero.apply.Failure;
import io.portero.apply.Firewall;
import io.portero.apply.Firewall.Reading;
import io.portero.plan.TimedChange;
import io.portero.plan.TimedMember;
import io.portero.policy.Ip;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Changes the members of sets with timeouts, in transactions that nothing else depends on.
 *
 * <p>If nft refuses a transaction, bisection finds the refused members; they are left out and logged once, and the
 * rest is applied. A refused member is not tried again until it has another note or another kind of end. Belongs to
 * one thread.
 */
public final class TimedSets {
    /** Finds one refused member among 15,000 with 30 runs of nft, of 20 ms each. The next look continues the search. */
    private static final int MOST_RUNS = 80;

    private static final int NAMED = 5;
    private static final int MOST_REMEMBERED = 10_000;

    private final Firewall firewall;
    private final Consumer<String> leftOut;
    private final Set<Refused> refused = new HashSet<>();
    private Optional<String> said = Optional.empty();

    /** @param leftOut called with a sentence about members that are not in force */
    public TimedSets(Firewall firewall, Consumer<String> leftOut) {
        this.firewall = firewall;
        this.leftOut = leftOut;
    }

    private record Refused(Ip address, String note, boolean timed) {
        static Refused of(TimedMember member) {
            return new Refused(member.address(), member.note(), member.left().isPresent());
        }
    }

    /** Whether nft is known to refuse it. */
    boolean refuses(TimedMember member) {
        return refused.contains(Refused.of(member));
    }

    boolean refusesNothing() {
        return refused.isEmpty();
    }

    /** Whether everything is done, except what nft refuses. */
    public boolean change(List<TimedChange> changes) {
        var wanted =
                changes.stream().map(this::acceptable).filter(TimedSets::isAny).toList();
        if (wanted.isEmpty()) {
            return true;
        }
        var attempt = new Attempt();
        attempt.whole(wanted);
        if (attempt.trouble.isPresent() && !attempt.trouble.equals(said)) {
            leftOut.accept(attempt.trouble.get());
        }
        said = attempt.trouble;
        return attempt.trouble.isEmpty();
    }

    /** A set that should be empty must be flushed. */
    private static boolean isAny(TimedChange change) {
        return change.size() > 0 || change instanceof TimedChange.Refill;
    }

    private TimedChange acceptable(TimedChange change) {
        return switch (change) {
            case TimedChange.Put put ->
                new TimedChange.Put(
                        put.set(),
                        put.members().stream().filter(m -> !refuses(m)).toList(),
                        put.areNew());
            case TimedChange.Refill refill ->
                new TimedChange.Refill(
                        refill.set(),
                        refill.members().stream().filter(m -> !refuses(m)).toList());
            case TimedChange.Take take -> take;
        };
    }

    /** One try to apply changes. */
    private final class Attempt {
        private final Map<TimedChange, Failure> refusals = new LinkedHashMap<>();
        private Optional<String> trouble = Optional.empty();
        private int runs;

        void whole(List<TimedChange> changes) {
            var failure = commit(changes);
            if (failure.isEmpty()) {
                return;
            }
            for (var change : changes) {
                if (trouble.isEmpty()) {
                    trouble = absent(change.set());
                }
                if (changes.size() == 1 && trouble.isEmpty()) {
                    halve(change, failure.get());
                } else {
                    alone(change);
                }
            }
            settleRefusals();
        }

        private Optional<Failure> commit(List<TimedChange> changes) {
            runs++;
            var failure = firewall.commit(changes);
            failure.filter(f -> f.kind() != Failure.Kind.REJECTED)
                    .ifPresent(f -> trouble = Optional.of(notDone(changes) + f.sentence()));
            return failure;
        }

        private void alone(TimedChange change) {
            if (trouble.isEmpty() && runs >= MOST_RUNS) {
                trouble = Optional.of(notDone(List.of(change))
                        + "nft refuses too many of them to find all at once; the next check goes on");
            }
            if (trouble.isEmpty()) {
                commit(List.of(change)).filter(f -> trouble.isEmpty()).ifPresent(f -> halve(change, f));
            }
        }

        private void halve(TimedChange change, Failure why) {
            if (change instanceof TimedChange.Refill) {
                trouble = Optional.of(notDone(List.of(change)) + why.sentence());
                return;
            }
            int middle = change.size() / 2;
            if (middle == 0) {
                refusals.put(change, why);
            } else {
                alone(change.part(0, middle));
                alone(change.part(middle, change.size()));
            }
        }

        private void settleRefusals() {
            // If the set no longer exists, that was the reason.
            refusals.keySet().removeIf(c -> absent(c.set()).isPresent());
            if (refusals.isEmpty()) {
                return;
            }
            refusals.keySet().forEach(TimedSets.this::refuse);
            var named =
                    refusals.keySet().stream().limit(NAMED).map(TimedSets::name).collect(Collectors.joining(", "));
            int more = refusals.size() - NAMED;
            leftOut.accept("nft refuses " + named + (more > 0 ? " and " + more + " more" : "")
                    + ", which is left out; everything else is in force: "
                    + refusals.values().iterator().next().sentence());
        }
    }

    private Optional<String> absent(String set) {
        return firewall.members(set) instanceof Reading.Failed<List<TimedMember>>(Failure failure)
                ? Optional.of("members of set " + set + " are not in force yet: " + failure.sentence())
                : Optional.empty();
    }

    private void refuse(TimedChange change) {
        switch (change) {
            case TimedChange.Put put -> {
                if (refused.size() < MOST_REMEMBERED) {
                    put.members().forEach(m -> refused.add(Refused.of(m)));
                }
            }
            case TimedChange.Refill refill -> {} // never halved
            case TimedChange.Take take -> {} // the next look tries again
        }
    }

    private static String notDone(List<TimedChange> changes) {
        int members = changes.stream().mapToInt(TimedChange::size).sum();
        return members + (members == 1 ? " change" : " changes") + " of set "
                + changes.stream().map(TimedChange::set).distinct().collect(Collectors.joining(", "))
                + (members == 1 ? " is" : " are") + " not in force yet: ";
    }

    private static String name(TimedChange change) {
        return switch (change) {
            case TimedChange.Put put -> put.members().getFirst().address() + " in " + put.set();
            case TimedChange.Refill refill -> "all of " + refill.set();
            case TimedChange.Take take -> take.addresses().getFirst() + " out of " + take.set();
        };
    }
}
