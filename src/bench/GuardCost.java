import io.portero.config.Loaded;
import io.portero.config.PolicyReader;
import io.portero.exec.ProcessRunner;
import io.portero.host.ProcHost;
import io.portero.policy.Ip;
import io.portero.safety.LockoutGuard;
import io.portero.safety.WayIn;
import io.portero.safety.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Measures the cost of the lockout guard and of a policy's tests, without reading it: 50 services, 10,000 addresses, 100 tests. */
final class GuardCost {
    private static final int SERVICES = 50;
    private static final int ADDRESSES = 10_000;
    private static final int ROUNDS = 15;

    public static void main(String[] arguments) throws Exception {
        var plain = policy("");
        var tested = policy(tests());
        var sessions = new ArrayList<Session>();
        for (int i = 0; i < 20; i++) {
            sessions.add(new Session(Ip.parse("10.0." + i + ".2"), 40_000 + i, 1000, true));
        }
        var host = new ProcHost(new ProcessRunner());
        var tests = new ArrayList<Long>();
        var guard = new ArrayList<Long>();
        for (int i = 0; i < ROUNDS; i++) {
            long start = System.nanoTime();
            parse(plain);
            long middle = System.nanoTime();
            var policy = parse(tested).policy();
            long end = System.nanoTime();
            tests.add(end - middle - (middle - start));
            start = System.nanoTime();
            var found = new ArrayList<>(host.sessions(WayIn.managementPorts(List.of(policy))));
            found.addAll(sessions);
            LockoutGuard.judge(policy, WayIn.remote(found));
            guard.add(System.nanoTime() - start);
        }
        System.out.printf("%.1f %.1f %.1f%n", millis(tests, 5), millis(guard, 5), guard.getFirst() / 1e6);
    }

    private static double millis(List<Long> nanos, int from) {
        return nanos.subList(from, ROUNDS).stream().sorted().toList().get((ROUNDS - from) / 2) / 1e6;
    }

    private static Loaded.Accepted parse(String text) {
        return switch (new PolicyReader().parse("policy.yaml", text)) {
            case Loaded.Accepted accepted -> accepted;
            case Loaded.Refused refused -> throw new IllegalStateException(refused.problems().toString());
        };
    }

    private static String policy(String tests) {
        var text = new StringBuilder("groups:\n");
        for (int group = 0; group < SERVICES; group++) {
            text.append("  g").append(group).append(": [");
            for (int i = 0; i < ADDRESSES / SERVICES; i++) {
                text.append(i == 0 ? "" : ", ").append("10.").append(group).append('.').append(i).append(".2");
            }
            text.append("]\n");
        }
        text.append("services:\n");
        for (int service = 0; service < SERVICES; service++) {
            text.append("  s%1$d: { ports: [%2$d/tcp], from: [g%1$d], management: true }\n"
                    .formatted(service, 1000 + service));
        }
        return text.append(tests).toString();
    }

    private static String tests() {
        var text = new StringBuilder("tests:\n");
        IntStream.range(0, 100)
                .mapToObj(i -> "  - { from: 10.%d.7.2, to: %d/tcp, expect: %s }\n"
                        .formatted(i / 2, 1000 + (i / 2 + i % 2) % SERVICES, i % 2 == 0 ? "accept" : "drop"))
                .forEach(text::append);
        return text.toString();
    }
}
