package io.portero.plan;

import io.portero.compile.NamedSet;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Sees to it that a set with timeouts that a plan makes anew is never empty. */
public final class TimedMembers {
    private TimedMembers() {}

    /** The plan, its new sets filled in the same transaction that makes them; {@code members} is asked by their names. */
    public static Plan.Update kept(Plan.Update plan, Function<String, List<TimedMember>> members) {
        return new Plan.Update(
                kept(plan.fill(), members),
                kept(plan.switchOver(), members),
                kept(plan.clear(), members),
                plan.settle());
    }

    private static List<Step> kept(List<Step> transaction, Function<String, List<TimedMember>> members) {
        var steps = new ArrayList<Step>();
        for (var step : transaction) {
            steps.add(step);
            if (step instanceof Step.AddSet(NamedSet.Timed set)) {
                var content = members.apply(set.name());
                if (!content.isEmpty()) {
                    steps.add(new Step.PutTimed(set.name(), content));
                }
            }
        }
        return steps;
    }
}
