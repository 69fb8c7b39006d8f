package io.portero.safety;

import io.portero.policy.Access;
import io.portero.policy.Confirm;
import io.portero.policy.FirstFew;
import io.portero.policy.Ip;
import io.portero.policy.Policy;
import io.portero.policy.PortRange;
import io.portero.safety.LockoutGuard.Judgement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Decides whether a policy may be put in force, and whether only on probation. */
public final class Admission {
    private static final int SHOWN = 3;

    private final HostView host;
    private final RememberedPeers peers;
    private final Predicate<Ip> guests;
    private final Tunnels tunnels;

    /**
     * @param guests the guests, who get in independent of the policy. So a session of a guest neither keeps a way in
     * open nor proves one, unless a policy admits its source too
     */
    public Admission(HostView host, RememberedPeers peers, Predicate<Ip> guests) {
        this.host = host;
        this.peers = peers;
        this.guests = guests;
        this.tunnels = new Tunnels(host);
    }

    /** The decision. */
    public sealed interface Decision {

        /**
         * @param tunnels the tunnels that it may close; not empty only if that is why it is on probation
         * @param warnings sentences about its consequences
         */
        record Admit(boolean onProbation, SortedSet<String> tunnels, List<String> warnings) implements Decision {
            Admit(boolean onProbation, List<String> warnings) {
                this(onProbation, Collections.emptySortedSet(), warnings);
            }
        }

        /** @param why one sentence */
        record Refuse(String why) implements Decision {}
    }

    /**
     * If nobody loses a way in, and no tunnel exists, there is no need to look up who is logged in.
     *
     * @param confirmed the policy to go back to; without one there is no probation
     * @param inForce what the kernel is known to hold
     */
    public Decision decide(Policy next, Optional<Policy> confirmed, Optional<Policy> inForce) {
        host.forget(); // the operator may have logged in within the last second
        return switch (judge(next, confirmed, inForce)) {
            case Decision.Refuse refuse -> refuse;
            case Decision.Admit admit ->
                confirmed
                        .filter(c -> !admit.onProbation() && next.safety().confirm() != Confirm.NEVER)
                        .flatMap(c -> danger(c, next))
                        .map(danger -> onProbation(danger, admit.warnings()))
                        .orElse(admit);
        };
    }

    private Optional<Tunnels.Danger> danger(Policy confirmed, Policy next) {
        if (confirmed.equals(next)
                || host.surroundings().addresses().keySet().stream().noneMatch(host::isTunnel)) {
            return Optional.empty();
        }
        var live = WayIn.remote(host.liveSessions(ports(List.of(confirmed))));
        return tunnels.danger(confirmed, next, live);
    }

    private static Decision.Admit onProbation(Tunnels.Danger danger, List<String> warnings) {
        var all = new ArrayList<>(warnings);
        all.add("it cuts " + FirstFew.of(danger.cut(), SHOWN) + ", which may carry the tunnel through which you are"
                + " logged in (" + String.join(", ", danger.tunnels()) + ")");
        return new Decision.Admit(true, danger.tunnels(), all);
    }

    private Decision judge(Policy next, Optional<Policy> confirmed, Optional<Policy> inForce) {
        if (confirmed.filter(next::equals).isPresent()) {
            return new Decision.Admit(
                    false, List.of()); // the policy is the same, though addresses of names may have changed
        }
        boolean narrows = confirmed.map(c -> narrows(c, next)).orElse(true);
        boolean probation = confirmed.isPresent() && needsProbation(narrows, next);
        if (!next.safety().lockoutGuard() || !narrows && inForce.equals(confirmed) && managesTheSame(next, confirmed)) {
            return new Decision.Admit(probation, List.of());
        }
        var live = WayIn.remote(host.liveSessions(ports(policies(next, confirmed))));
        if (live.stream().anyMatch(s -> s.login().isPresent() && !WayIn.isJudged(next, s))) {
            // A login by an interface that is not filtered: such a policy does not close that way in.
            return new Decision.Admit(probation, List.of());
        }
        var ways = WayIn.proven(policies(next, confirmed), live, logins(live));
        return switch (LockoutGuard.judge(next, ways.isEmpty() ? peers.remembered() : ways)) {
            case Judgement.Lockout(List<Session> cut) -> new Decision.Refuse(refusal(next, cut, ways.isEmpty()));
            case Judgement.Passable(List<Session> cut) -> new Decision.Admit(probation, warnings(cut, ways.isEmpty()));
        };
    }

    /**
     * Whether somebody loses a way in: at a port of a management service, or at one where somebody has logged in, though
     * its service is not marked as management, or not any more.
     */
    public boolean narrows(Policy before, Policy after) {
        return Access.narrowsManagement(before, after, peers.loginPorts());
    }

    private List<PortRange> ports(Collection<Policy> policies) {
        return PortRange.canonical(Stream.of(WayIn.managementPorts(policies), peers.loginPorts())
                .flatMap(List::stream)
                .toList());
    }

    /** A login at a port that only the next policy marks as management counts too. */
    private static boolean managesTheSame(Policy next, Optional<Policy> confirmed) {
        return confirmed
                .filter(c -> WayIn.managementPorts(List.of(c)).equals(WayIn.managementPorts(List.of(next))))
                .isPresent();
    }

    /** @param narrows whether somebody loses a way in */
    private static boolean needsProbation(boolean narrows, Policy next) {
        return switch (next.safety().confirm()) {
            case NEVER -> false;
            case MANAGEMENT -> narrows;
            case ALWAYS -> true;
        };
    }

    /** All incoming sessions at the management ports of either policy and where somebody has logged in, by anybody. */
    public List<Session> sessions(Policy next, Optional<Policy> confirmed) {
        var policies = policies(next, confirmed);
        return WayIn.remote(host.sessions(ports(policies))).stream()
                .filter(s -> !guests.test(s.peer()) || policies.stream().anyMatch(p -> LockoutGuard.admits(p, s)))
                .toList();
    }

    /** The sessions of this moment: none of them may count later as a new one. */
    public List<Session> sessionsNow(Policy next, Optional<Policy> confirmed) {
        host.forget();
        return sessions(next, confirmed);
    }

    /** Who has logged in, in these sessions or in the last 30 days. */
    public PastLogins logins(Collection<Session> sessions) {
        return PastLogins.of(peers.loggedIn(), sessions);
    }

    private static List<Policy> policies(Policy next, Optional<Policy> confirmed) {
        var policies = new ArrayList<Policy>();
        policies.add(next);
        confirmed.ifPresent(policies::add);
        return policies;
    }

    private static String refusal(Policy next, List<Session> cut, boolean remembered) {
        var who = remembered
                ? "it would shut out everybody who managed this host in the last 30 days ("
                : "it would cut off every live management session (";
        return who + LockoutGuard.peers(cut) + "); " + LockoutGuard.remedy(next, cut)
                + ", or set safety.lockout-guard: false";
    }

    private static List<String> warnings(List<Session> cut, boolean remembered) {
        return cut.isEmpty() || remembered
                ? List.of()
                : List.of("it cuts off management sessions: " + LockoutGuard.peers(cut));
    }
}
