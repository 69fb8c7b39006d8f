package io.portero.cli;

import io.portero.bans.Owner;
import io.portero.bans.PolicyAtHand;
import io.portero.control.ControlClient;
import io.portero.control.GuestTalk;
import io.portero.guests.GuestOrder;
import io.portero.guests.GuestReport;
import io.portero.guests.Guests;
import io.portero.state.InstanceLock;
import io.portero.state.LastGood;
import io.portero.state.StateDirectory;
import java.time.Clock;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/**
 * Executes commands about guests: through the agent if it runs, because only the agent may then change the firewall;
 * otherwise here.
 */
final class GuestOffice {
    private final Tools tools;
    private final Locations locations;

    GuestOffice(Tools tools, Locations locations) {
        this.tools = tools;
        this.locations = locations;
    }

    GuestReport order(GuestOrder order) {
        return switch (InstanceLock.holder(locations.runDir())) {
            case InstanceLock.Holder.Agent agent ->
                new ControlClient(locations.runDir())
                        .ask(GuestTalk.request(order))
                        .map(GuestTalk::report)
                        .orElseGet(() -> GuestReport.failed("the agent runs with process id " + agent.pid()
                                + " and does not answer at its socket in " + locations.runDir()
                                + "; see its log, or restart it: systemctl restart portero"));
            case InstanceLock.Holder.Nobody nobody -> guests().order(locations.config(), order, this::agentRuns);
            case InstanceLock.Holder.Unknown unknown -> GuestReport.failed(unknown.why());
        };
    }

    private boolean agentRuns() {
        return InstanceLock.holder(locations.runDir()) instanceof InstanceLock.Holder.Agent;
    }

    Guests guests() {
        return guests(tools, locations);
    }

    static Guests guests(Tools tools, Locations locations) {
        var state = new StateDirectory(locations.stateDir());
        var policy = new PolicyAtHand(tools.reader(), new LastGood(state), BanOffice.names(state)::addresses);
        return new Guests(tools.firewall(), policy, locations.stateDir(), Clock.systemUTC());
    }

    /** The owner: the value of {@code --by}, otherwise the user who became root. */
    static Owner owner(CommandLine line, @Nullable String by) {
        if (by == null) {
            return Optional.ofNullable(System.getenv("SUDO_USER"))
                    .flatMap(GuestOffice::parsed)
                    .or(() -> parsed(System.getProperty("user.name", "")))
                    .orElse(Owner.HAND);
        }
        try {
            return Owner.parseMaker(by);
        } catch (Owner.NotAnOwner e) {
            throw new ParameterException(line, "--by \"" + by + "\" is no owner: " + e.getMessage());
        }
    }

    private static Optional<Owner> parsed(String name) {
        try {
            return Optional.of(Owner.parseMaker(name));
        } catch (Owner.NotAnOwner e) {
            return Optional.empty();
        }
    }
}
