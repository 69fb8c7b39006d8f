package io.portero.enforce;

import io.portero.apply.Firewall;
import io.portero.apply.Outcome;
import io.portero.bans.BanMemory;
import io.portero.bans.TimedSets;
import io.portero.compile.PolicyCompiler;
import io.portero.compile.RulesetPrinter;
import io.portero.config.Loaded;
import io.portero.config.Outside;
import io.portero.config.PolicyReader;
import io.portero.guests.GuestMemory;
import io.portero.policy.Policy;
import io.portero.revocation.RevocationListener;
import io.portero.revocation.Revoker;
import io.portero.safety.Admission;
import io.portero.safety.HostView;
import io.portero.safety.RememberedPeers;
import io.portero.state.Digest;
import io.portero.state.DiskWriter;
import io.portero.state.LastGood;
import io.portero.state.PolicyHistory;
import io.portero.state.RuleMemory;
import io.portero.state.StateDirectory;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Puts a policy in force once, without the agent.
 *
 * <p>The lockout guard applies as always; there is no probation, because nothing would end it.
 */
public final class SingleApply {
    private final Firewall firewall;
    private final HostView host;
    private final Kernel kernel;
    private final Admission admission;
    private final LastGood lastGood;
    private final PolicyHistory history;
    private final PolicyReader reader;
    private final List<String> notInForce = new ArrayList<>();

    public SingleApply(Firewall firewall, HostView host, PolicyReader reader, Path stateDirectory) {
        var state = new StateDirectory(stateDirectory);
        var timed = new TimedSets(firewall, notInForce::add);
        var bans = BanMemory.ofCommand(state, DiskWriter.atOnce(), Clock.systemUTC());
        var guests = new GuestMemory(state, DiskWriter.atOnce());
        this.kernel = new Kernel(firewall, new RuleMemory(state), timed, sets -> {
            timed.change(bans.fill(sets));
            timed.change(guests.read().fill(sets, Instant.now()));
        });
        this.firewall = firewall;
        this.host = host;
        this.admission = new Admission(
                host,
                new RememberedPeers(state, Clock.systemUTC()),
                address -> guests.read().lasting(Instant.now()).names(address));
        this.lastGood = new LastGood(state);
        this.history = new PolicyHistory(stateDirectory);
        this.reader = reader;
    }

    /** The result. */
    public sealed interface Result {

        /** @param why one sentence */
        record Refused(String why) implements Result {}

        /** @param remarks sentences about what it costs and what could not be stored */
        record Tried(Outcome outcome, List<String> remarks) implements Result {}
    }

    public Result apply(Loaded.Accepted next) {
        var confirmed = lastGood.policy()
                .map(text -> reader.parse(
                        LastGood.POLICY,
                        text,
                        Outside.keeping(
                                        lastGood.lists(),
                                        wanted -> next.policy().names())
                                .knowing(next.policy().urlLists())))
                .filter(Loaded.Accepted.class::isInstance)
                .map(loaded -> ((Loaded.Accepted) loaded).policy());
        return switch (admission.decide(next.policy(), confirmed, Optional.empty())) {
            case Admission.Decision.Refuse refuse -> new Result.Refused(refuse.why());
            case Admission.Decision.Admit admit -> tried(next, confirmed, admit.warnings());
        };
    }

    private Result tried(Loaded.Accepted next, Optional<Policy> confirmed, List<String> warnings) {
        var remarks = new ArrayList<>(warnings);
        var ruleset = PolicyCompiler.compile(next.policy());
        new Learning(firewall, kernel, host, Learning.TIME, remarks::addAll).before(next.policy());
        var cut = confirmed
                .filter(before -> !before.equals(next.policy()))
                .map(before -> new Revoker(firewall, host, Clock.systemUTC(), RevocationListener.NOBODY)
                        .of(before, next.policy()));
        var outcome = kernel.bring(
                ruleset,
                cut.map(Revoker.Consequence::early).orElse(List.of()),
                cut.map(Revoker.Consequence::steps).orElse(List.of()));
        Optional<String> notKept = outcome instanceof Outcome.Failed
                ? Optional.empty()
                : lastGood.keep(next.text(), next.policy().lists(), RulesetPrinter.print(ruleset));
        remarks.addAll(notInForce);
        notKept.ifPresent(remarks::add);
        if (!(outcome instanceof Outcome.Failed)) {
            history.cameIntoForce(
                            Instant.now(),
                            "command",
                            Digest.of(RulesetPrinter.print(ruleset)),
                            new PolicyHistory.Content(next.text(), next.policy().lists()))
                    .ifPresent(remarks::add);
        }
        return new Result.Tried(outcome, List.copyOf(remarks));
    }
}
