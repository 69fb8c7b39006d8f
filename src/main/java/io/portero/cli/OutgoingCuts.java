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

/** The flows of this host and its containers that go on and would be cut by what a policy says of {@code outgoing}. */
final class OutgoingCuts {
    private static final int SHOWN = 4;
    /** To find out by which interface a flow leaves may cost a process. */
    private static final int ASKED = 200;

    private OutgoingCuts() {}

    /** One sentence; nothing where nothing is cut. Flows that started outside are answered, and no such ones. */
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

    /** Without ICMP, which always leaves. */
    private static boolean isDropped(OutgoingExplainer explainer, Flow flow, Optional<String> via) {
        var port = flow.port();
        if (port.protocol().hasPorts() && port.first() != port.last()) {
            return false; // a fragment of a flow without its port
        }
        return explainer.explain(flow.to(), new Target.Port(port), via).verdict() == Verdict.DROP;
    }
}
