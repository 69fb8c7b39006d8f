import io.portero.compile.PolicyCompiler;
import io.portero.config.Loaded;
import io.portero.config.PolicyReader;
import io.portero.plan.Expected;
import io.portero.plan.IntervalSets;
import io.portero.plan.KnownRules;
import io.portero.plan.Planner;
import io.portero.policy.AddressRange;
import io.portero.policy.AddressSet;
import io.portero.policy.Group;
import io.portero.policy.Policy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Map;
import java.util.TreeMap;

/** Measures the cost of making a list canonical, compiling it, and planning a change of one of its entries. */
final class ScaleCost {
    private static final Policy BASE = ((Loaded.Accepted) new PolicyReader().parse("policy.yaml", """
                    groups: { itsp: [192.0.2.1] }
                    services:
                      ssh: { ports: [22/tcp], from: [any], management: true }
                      sip: { ports: [5060/udp], from: [itsp] }
                    """))
            .policy();

    public static void main(String[] arguments) throws Exception {
        var ranges = new ArrayList<AddressRange>();
        for (var line : Files.readAllLines(Path.of(arguments[0]))) {
            ranges.add(AddressRange.parse(line));
        }
        var old = PolicyCompiler.compile(policy(AddressSet.of(ranges)));
        ranges.add(AddressRange.parse("192.0.2.99"));
        var took = new ArrayList<Long>();
        for (int i = 0; i < 25; i++) {
            long start = System.nanoTime();
            var next = PolicyCompiler.compile(policy(AddressSet.of(ranges)));
            Planner.plan(next, Expected.of(old), KnownRules.NONE, IntervalSets.IN_PLACE);
            took.add(System.nanoTime() - start);
        }
        System.out.printf("%.0f%n", took.subList(10, 25).stream().sorted().toList().get(7) / 1e6);
    }

    private static Policy policy(AddressSet addresses) {
        var groups = new TreeMap<>(Map.of("itsp", new Group("itsp", addresses)));
        return new Policy(
                BASE.mode(),
                groups,
                BASE.services(),
                BASE.deny(),
                BASE.ping(),
                BASE.trustedInterfaces(),
                BASE.tests(),
                BASE.safety());
    }
}
