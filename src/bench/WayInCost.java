import io.portero.exec.ProcessRunner;
import io.portero.host.ProcHost;
import io.portero.policy.PortRange;
import io.portero.policy.Protocol;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;

/** Measures the cost of finding the sessions at a management port, without what was remembered from the last time. */
final class WayInCost {
    private static final int ROUNDS = 15;

    /** @param arguments the port, the number of sessions there, and {@code live} (as for an apply) or {@code all} (as for a probation) */
    public static void main(String[] arguments) {
        int port = Integer.parseInt(arguments[0]);
        var ports = List.of(new PortRange(Protocol.TCP, port, port));
        var host = new ProcHost(new ProcessRunner());
        var times = new ArrayList<Long>();
        var cpu = new ArrayList<Long>();
        for (int i = 0; i < ROUNDS; i++) {
            host.forget();
            long start = System.nanoTime();
            long busy = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
            int found = (arguments[2].equals("live") ? host.liveSessions(ports) : host.sessions(ports)).size();
            times.add(System.nanoTime() - start);
            cpu.add(ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - busy);
            if (found != Integer.parseInt(arguments[1])) {
                throw new IllegalStateException(found + " sessions were found at port " + port);
            }
        }
        System.out.printf("%.1f %.1f %.1f%n", millis(times), millis(cpu), times.getFirst() / 1e6);
    }

    private static double millis(List<Long> nanos) {
        var warm = nanos.subList(5, ROUNDS).stream().sorted().toList();
        return warm.get(warm.size() / 2) / 1e6;
    }
}
