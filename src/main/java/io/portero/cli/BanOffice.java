package io.portero.cli;

import io.portero.bans.BanOrder;
import io.portero.bans.BanReport;
import io.portero.bans.Bans;
import io.portero.control.BanTalk;
import io.portero.control.ControlClient;
import io.portero.names.Answer;
import io.portero.names.NamesAtOnce;
import io.portero.names.Resolver;
import io.portero.state.InstanceLock;
import io.portero.state.KeptNames;
import io.portero.state.StateDirectory;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/**
 * Executes commands about bans: through the agent if it runs, because only the agent may then change the firewall;
 * otherwise here.
 */
final class BanOffice {
    /** Bans and guests do not wait for DNS: a name without stored addresses matches no address. */
    private static final Resolver NOBODY_IS_ASKED = name -> new Answer(Set.of(), Map.of(), Duration.ZERO);

    private final Tools tools;
    private final Locations locations;

    BanOffice(Tools tools, Locations locations) {
        this.tools = tools;
        this.locations = locations;
    }

    BanReport order(BanOrder order) {
        return switch (InstanceLock.holder(locations.runDir())) {
            case InstanceLock.Holder.Agent agent ->
                new ControlClient(locations.runDir())
                        .ask(BanTalk.request(order))
                        .map(BanTalk::report)
                        .orElseGet(() -> BanReport.failed("the agent runs with process id " + agent.pid()
                                + " and does not answer at its socket in " + locations.runDir()
                                + "; see its log, or restart it: systemctl restart portero"));
            case InstanceLock.Holder.Nobody nobody -> bans().order(locations.config(), order, this::agentRuns);
            case InstanceLock.Holder.Unknown unknown -> BanReport.failed(unknown.why());
        };
    }

    private boolean agentRuns() {
        return InstanceLock.holder(locations.runDir()) instanceof InstanceLock.Holder.Agent;
    }

    /** The last addresses of names that the agent has stored; bans and guests do not wait for DNS. */
    static NamesAtOnce names(StateDirectory state) {
        return new NamesAtOnce(KeptNames.readOnly(state), NOBODY_IS_ASKED, false);
    }

    Bans bans() {
        var kept = names(new StateDirectory(locations.stateDir()));
        return new Bans(
                tools.firewall(),
                tools.host(),
                tools.reader(),
                kept::addresses,
                locations.stateDir(),
                Clock.systemUTC());
    }
}
