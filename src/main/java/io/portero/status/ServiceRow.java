package io.portero.status;

import io.portero.apply.Firewall.Count;
import io.portero.compile.ServiceNames;
import io.portero.policy.Limit;
import io.portero.policy.Service;
import io.portero.policy.Sources;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A service of the policy in force, and its packet counts.
 *
 * @param from {@code any}, groups, addresses and names, as in the policy
 * @param limit the rate limit for each source, as a clause
 * @param connections how many connections have started
 * @param draining the number of draining flows
 */
public record ServiceRow(
        String name,
        List<String> ports,
        List<String> from,
        boolean enabled,
        boolean management,
        Optional<String> limit,
        Count accepted,
        Count refused,
        long connections,
        long draining) {

    static ServiceRow of(Service service, long draining) {
        return new ServiceRow(
                service.name(),
                service.ports().stream().map(String::valueOf).toList(),
                words(service.from()),
                service.enabled(),
                service.management(),
                service.limit().map(Limit::toString),
                Count.ZERO,
                Count.ZERO,
                0,
                draining);
    }

    /** The same with these counters of the kernel; other fields stay unchanged. */
    ServiceRow with(Map<String, Count> counters) {
        var names = new ServiceNames(name);
        return new ServiceRow(
                name,
                ports,
                from,
                enabled,
                management,
                limit,
                counters.getOrDefault(names.accepted(), accepted),
                counters.getOrDefault(names.refused(), refused),
                counters.getOrDefault(names.connections(), Count.ZERO).packets(),
                draining);
    }

    /** The sources, as in the policy. */
    static List<String> words(Sources sources) {
        var words = new ArrayList<String>();
        if (sources.any()) {
            words.add("any");
        }
        words.addAll(sources.groups());
        sources.others().written().ranges().forEach(r -> words.add(r.toString()));
        sources.others().referred().keySet().forEach(r -> words.add(r.toString()));
        return List.copyOf(words);
    }

    public boolean admitsAnybody() {
        return from.contains("any");
    }
}
