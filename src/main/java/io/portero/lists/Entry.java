package io.portero.lists;

import io.portero.policy.AddressSet;
import io.portero.policy.Reference.UrlList;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.SortedSet;

/**
 * What is known of one list.
 *
 * @param members the members that were last accepted; none before the first time
 * @param validators the HTTP validators of these members
 * @param bytes the size of its last answer
 * @param answered when it was last fetched, or found unchanged
 * @param due when to fetch it next
 * @param asked whether a fetch has ended since the start, with success or not
 * @param failed how many fetches in a row have failed
 * @param failures how many fetches have failed in total
 * @param error the reason of the last failure, while it fails
 * @param next its new members, until they are accepted
 * @param toldStale whether it was reported as too old
 */
record Entry(
        Optional<AddressSet> members,
        Validators validators,
        long bytes,
        Optional<Instant> answered,
        Instant due,
        boolean asked,
        int failed,
        long failures,
        Optional<String> error,
        Optional<Next> next,
        boolean toldStale) {
    static final Duration EVERY = Duration.ofHours(1);
    private static final Duration FIRST_RETRY = Duration.ofSeconds(10);
    /**
     * The longest ordinary pause is an hour, and a server may ask for a day; a longer one means that the clock was set
     * back.
     */
    private static final Duration LONGEST = Duration.ofHours(25);

    /**
     * The new members of a list.
     *
     * @param heldFor the reason why they are held back, as a clause; without a reason they are offered
     * @param byGuard whether the lockout guard held them back, so that they may be offered again
     */
    record Next(AddressSet members, Validators validators, long bytes, Optional<String> heldFor, boolean byGuard) {
        Next offered() {
            return new Next(members, validators, bytes, Optional.empty(), false);
        }

        Next held(String why, boolean guard) {
            return new Next(members, validators, bytes, Optional.of(why), guard);
        }
    }

    /** How many ranges it holds; 0 when nothing is known. */
    int entries() {
        return members.map(AddressSet::rangeCount).orElse(0);
    }

    static Entry unknown(Instant now) {
        return new Entry(
                Optional.empty(),
                Validators.NONE,
                0,
                Optional.empty(),
                now,
                false,
                0,
                0,
                Optional.empty(),
                Optional.empty(),
                false);
    }

    /** A clock that was set back must not stop the fetches. */
    boolean isDue(Instant now) {
        return !due.isAfter(now) || due.isAfter(now.plus(LONGEST));
    }

    boolean isStale(Instant now, Duration maxStale) {
        return answered.filter(at -> Duration.between(at, now).compareTo(maxStale) > 0)
                .isPresent();
    }

    /** The validators for a conditional request. */
    Validators newest() {
        return next.map(Next::validators).orElse(validators);
    }

    Optional<AddressSet> offer() {
        return next.filter(n -> n.heldFor().isEmpty()).map(Next::members);
    }

    Entry dueAt(Instant nextDue) {
        return new Entry(
                members, validators, bytes, answered, nextDue, asked, failed, failures, error, next, toldStale);
    }

    Entry toldStale(boolean told) {
        return new Entry(members, validators, bytes, answered, due, asked, failed, failures, error, next, told);
    }

    Entry next(Optional<Next> other) {
        return new Entry(members, validators, bytes, answered, due, asked, failed, failures, error, other, toldStale);
    }

    /** Accepts the offer: its members are in force from now on. */
    Entry taken() {
        return next.map(n -> new Entry(
                        Optional.of(n.members()),
                        n.validators(),
                        n.bytes(),
                        answered,
                        due,
                        asked,
                        failed,
                        failures,
                        error,
                        Optional.empty(),
                        toldStale))
                .orElse(this);
    }

    /**
     * @param list the list, named in the way out
     * @param pause the time until the next fetch
     */
    Entry after(UrlList list, Fetched fetched, Instant now, Duration pause) {
        return switch (fetched) {
            case Fetched.Failed failure -> failed(failure, now, pause);
            // What the guard held back is judged again each time: the operator may have another address by now.
            case Fetched.Unchanged unchanged -> answered(now, pause, next.map(n -> n.byGuard() ? n.offered() : n));
            case Fetched.Content content -> answered(now, pause, next(list, content));
        };
    }

    private Optional<Next> next(UrlList list, Fetched.Content content) {
        var offer = new Next(content.members(), content.validators(), content.bytes(), Optional.empty(), false);
        int before = entries();
        int after = content.members().rangeCount();
        return Optional.of(
                2L * after < before
                        ? offer.held(
                                "it has shrunk by more than half, from " + before + " entries to " + after
                                        + "; if this is correct: portero lists --accept " + list,
                                false)
                        : offer);
    }

    private Entry answered(Instant now, Duration pause, Optional<Next> newest) {
        return new Entry(
                members,
                validators,
                bytes,
                Optional.of(now),
                now.plus(pause),
                true,
                0,
                failures,
                Optional.empty(),
                newest,
                false);
    }

    private Entry failed(Fetched.Failed failure, Instant now, Duration pause) {
        var retry = FIRST_RETRY.multipliedBy(1L << Math.min(failed, 10));
        var soonest = failure.notBefore().orElse(Duration.ZERO);
        var wait = retry.compareTo(pause) < 0 ? retry : pause;
        return new Entry(
                members,
                validators,
                bytes,
                answered,
                now.plus(wait.compareTo(soonest) > 0 ? wait : soonest),
                true,
                failed + 1,
                failures + 1,
                Optional.of(failure.why()),
                next,
                toldStale);
    }

    /** The new members that are held back, if any. */
    Optional<ListState.Held> held() {
        return next.filter(n -> n.heldFor().isPresent())
                .map(n ->
                        new ListState.Held(n.members().rangeCount(), n.heldFor().orElseThrow()));
    }

    ListState state(
            UrlList list, SortedSet<String> places, Optional<ListState.Held> held, Instant now, Duration maxStale) {
        return new ListState(
                list,
                places,
                members.map(AddressSet::rangeCount),
                bytes,
                answered,
                answered.map(at -> Duration.between(at, now)),
                due,
                failures,
                error,
                held,
                isStale(now, maxStale));
    }
}
