package io.portero.plan;

import io.portero.compile.PolicyCompiler;
import io.portero.config.Loaded;
import io.portero.config.PolicyReader;
import io.portero.policy.Ip;
import io.portero.policy.Policy;
import io.portero.policy.PortRange;
import java.util.ArrayList;
import java.util.List;

/**
 * The states of a table on the path from one policy to another, according to a plan.
 *
 * <p>A packet is written as {@code 192.0.2.7 22/tcp} or {@code 192.0.2.7 ping}.
 */
record Walk(List<Snapshot> states, List<List<Step>> transactions) {

    static Walk between(String before, String after) {
        return on(fresh(before), after);
    }

    static Walk on(Snapshot start, String after) {
        return on(start, after, IntervalSets.IN_PLACE);
    }

    static Walk on(Snapshot start, String after, IntervalSets intervals) {
        var transactions = Planner.plan(PolicyCompiler.compile(policy(after)), start, KnownRules.NONE, intervals)
                        instanceof Plan.Update update
                ? update.transactions()
                : List.<List<Step>>of();
        var states = new ArrayList<>(List.of(start));
        transactions.forEach(t -> states.add(TableModel.after(states.getLast(), t)));
        return new Walk(states, transactions);
    }

    /** The table after an apply of the policy. */
    static Snapshot fresh(String policy) {
        return TableModel.after(
                Snapshot.ABSENT,
                Planner.rebuild(PolicyCompiler.compile(policy(policy)))
                        .transactions()
                        .getFirst());
    }

    static Policy policy(String text) {
        return switch (new PolicyReader().parse("policy.yaml", text.strip() + "\nsafety: { lockout-guard: false }\n")) {
            case Loaded.Accepted accepted -> accepted.policy();
            case Loaded.Refused refused -> throw new AssertionError(refused.problems() + "\n" + text);
        };
    }

    /** Whether the packet is admitted: at first, and after each transaction. */
    List<Boolean> admits(String packet) {
        var admitted = new ArrayList<Boolean>();
        for (var state : states) {
            admitted.add(new Interpreter(state).admits(packet(packet)));
        }
        return admitted;
    }

    boolean always(String packet) {
        return !admits(packet).contains(false);
    }

    boolean never(String packet) {
        return !admits(packet).contains(true);
    }

    static Packet packet(String text) {
        var words = text.split(" ", 2);
        try {
            var from = Ip.parse(words[0]);
            if (words[1].equals("ping")) {
                return Packet.ping(from);
            }
            var port = PortRange.parse(words[1]);
            return Packet.to(port.protocol(), port.first(), from, Packet.Flow.NEW);
        } catch (Ip.NotAnAddress | PortRange.NotAPort e) {
            throw new AssertionError(text, e);
        }
    }
}
