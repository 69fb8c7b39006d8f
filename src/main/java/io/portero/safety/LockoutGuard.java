package io.portero.safety;

import io.portero.policy.Explainer;
import io.portero.policy.FirstFew;
import io.portero.policy.Mode;
import io.portero.policy.Policy;
import io.portero.policy.PortRange;
import io.portero.policy.Protocol;
import io.portero.policy.Service;
import io.portero.policy.Target;
import io.portero.policy.Verdict;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Judges whether the operator could still log in under another policy, from his current {@link WayIn ways in}. */
public final class LockoutGuard {
    private LockoutGuard() {}

    /** The verdict of the guard. */
    public sealed interface Judgement {

        /**
         * At least one session survives, or there is none to lose; {@code cut} are the sessions that do not survive.
         */
        record Passable(List<Session> cut) implements Judgement {}

        /** No session would survive. */
        record Lockout(List<Session> cut) implements Judgement {}
    }

    /** @param ways the current or last known ways in */
    public static Judgement judge(Policy next, Collection<Session> ways) {
        if (next.mode() == Mode.OBSERVE) {
            return new Judgement.Passable(List.of()); // nothing is dropped
        }
        var explainer = new Explainer(next);
        var cut = ways.stream()
                .filter(s -> WayIn.isJudged(next, s) && !survives(explainer, s))
                .toList();
        return cut.isEmpty() || cut.size() < ways.size() ? new Judgement.Passable(cut) : new Judgement.Lockout(cut);
    }

    static boolean admits(Policy policy, Session session) {
        return survives(new Explainer(policy), session);
    }

    private static boolean survives(Explainer explainer, Session session) {
        return explainer.explain(session.peer(), at(session), session.arrival()).verdict() == Verdict.ACCEPT;
    }

    private static Target at(Session session) {
        return new Target.Port(new PortRange(Protocol.TCP, session.port(), session.port()));
    }

    /** The peers of some sessions and what would admit the first one, as clauses of one sentence. */
    public static String remedy(Policy next, List<Session> cut) {
        var first = cut.getFirst();
        var why = new Explainer(next).explain(first.peer(), at(first), first.arrival());
        if (why.key().equals("deny")) {
            return "remove " + first.peer() + " from the denied groups";
        }
        if (why.key().endsWith(".on") && first.via().isPresent()) {
            return "add " + first.via().get() + " to " + why.key();
        }
        if (why.key().endsWith(".to") && first.at().isPresent()) {
            return "add " + first.at().get() + " to " + why.key();
        }
        return "add " + first.peer() + " to " + keyFor(next, first);
    }

    private static String keyFor(Policy next, Session session) {
        var port = new PortRange(Protocol.TCP, session.port(), session.port());
        return next.enabledServices().stream()
                .filter(s -> s.offers(port))
                .findFirst()
                .map(Service::fromKey)
                .orElse("from of a service with " + port);
    }

    /** The peers, each once. */
    public static String peers(Collection<Session> sessions) {
        var texts = sessions.stream().map(Session::toString).collect(Collectors.toCollection(TreeSet::new));
        return FirstFew.of(texts, 5).toString();
    }
}
