package io.portero.cli;

import io.portero.config.Outside;
import io.portero.fleet.FleetDirectory;
import io.portero.fleet.HostPolicies;
import io.portero.fleet.HostPolicies.Judged;
import io.portero.fleet.Refusal;
import io.portero.names.NamesAtOnce;
import io.portero.state.KeptNames;
import io.portero.state.StateDirectory;
import java.time.Instant;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/** Checks the policy that each host of a fleet would get. */
final class FleetChecks {
    private FleetChecks() {}

    /** @param progress receives the number of checked hosts and the number of all hosts */
    static SortedMap<String, Judged> judge(Tools tools, FleetDirectory fleet, BiConsumer<Integer, Integer> progress)
            throws Refusal {
        fleet.manifests(1, Instant.EPOCH); // reports a missing list here, as sign would
        var all = new TreeMap<String, Judged>();
        try (var policies = new HostPolicies(tools.reader(), outside(tools))) {
            for (var host : fleet.hosts().entrySet()) {
                all.put(
                        host.getKey(),
                        policies.of(
                                fleet.groups(),
                                fleet.role(host.getValue().role()),
                                fleet.hostLayer(host.getKey()),
                                name -> Optional.ofNullable(fleet.lists().get(name))));
                progress.accept(all.size(), fleet.hosts().size());
            }
        }
        return all;
    }

    static Outside outside(Tools tools) {
        var kept = KeptNames.readOnly(new StateDirectory(new Locations().stateDir()));
        return Outside.strict(new NamesAtOnce(kept, tools.resolver(), false)::addresses);
    }
}
