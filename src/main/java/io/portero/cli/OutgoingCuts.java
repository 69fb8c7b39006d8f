package io.portero.cli;

import io.portero.policy.FirstFew;
import io.portero.policy.Flow;
import io.portero.policy.Mode;
import io.portero.policy.OutgoingExplainer;
import io.portero.policy.Policy;
import io.portero.policy.Target;
import io.portero.policy.Verdict;
import io.portero.safety.HostView;
import java.util.Optional;

/** The running flows of this host and its containers that {@code outgoing} of a policy would cut. */
final class OutgoingCuts {
    private static final int SHOWN = 4;
    /** Limited, because it may take a process to find the interface where a flow leaves. */
    private static final int ASKED = 200;

    private OutgoingCuts() {}

    /**
     * One sentence; empty if nothing is cut. Flows that were started from outside do not count: their packets from here
     * are answers.
     */
    static Optional<String> of(Policy next, HostView host) {
        if (next.outgoing().isOpen() || next.mode() == Mode.OBSERVE) {
            return Optional.empty();
        }
        var explainer = new OutgoingExplainer(next);
        var cut = host.leaving().stream()
                .distinct()
                .filter(flow -> isDropped(explainer, flow, Optional.empty()))
                .limit(ASKED)
                .filter(flow -> isDropped(explainer, flow, OutgoingQuestion.exit(host.destination(flow.to()))))
                .map(flow -> flow.to() + " " + flow.port())
                .distinct()
                .toList();
        return cut.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        "outgoing: flows of this host or its containers are cut, towards " + FirstFew.of(cut, SHOWN));
    }

    /** ICMP does not count, because it may always leave. */
    private static boolean isDropped(OutgoingExplainer explainer, Flow flow, Optional<String> via) {
        var port = flow.port();
        if (port.protocol().hasPorts() && port.first() != port.last()) {
            return false; // an entry of a fragment, which has no port
        }
        return explainer.explain(flow.to(), new Target.Port(port), via).verdict() == Verdict.DROP;
    }
}
