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
 * A service of the policy in force, and what passes.
 *
 * @param from {@code any}, groups, addresses and names, as the policy has them
 * @param limit how much each source may send, as a clause
 * @param connections how many were begun
 * @param draining how many flows go on though their source is no longer admitted
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

    /** The same with these counters of the kernel; what they do not tell stays as it was. */
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

    /** As the policy has them. */
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
