package io.portero.reconcile;

import io.portero.events.EventPublisher;
import io.portero.safety.Admission;
import io.portero.safety.RememberedPeers;
import io.portero.safety.WayIn;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** The regular work without a trigger: it reads the kernel, and checks what else may have changed. */
final class Upkeep {
    private static final Duration PEERS_SEEN_EVERY = Duration.ofMinutes(5);

    private final Repairs repairs;
    private final UplinkWatch uplinks;
    private final Admission admission;
    private final RememberedPeers peers;
    private final ConfirmedPolicy confirmed;
    private final Clock clock;
    private final EventPublisher events;
    private Instant peersSeen = Instant.EPOCH;

    Upkeep(
            Repairs repairs,
            UplinkWatch uplinks,
            Admission admission,
            RememberedPeers peers,
            ConfirmedPolicy confirmed,
            Clock clock,
            EventPublisher events) {
        this.repairs = repairs;
        this.uplinks = uplinks;
        this.admission = admission;
        this.peers = peers;
        this.confirmed = confirmed;
        this.clock = clock;
        this.events = events;
    }

    PassResult look(Compiled target) {
        seePeers(target);
        uplinks.look(target.policy()).ifPresent(events::tell);
        confirmed.retryWrite();
        return repairs.look(target);
    }

    private void seePeers(Compiled target) {
        var now = clock.instant();
        if (Duration.between(peersSeen, now).abs().compareTo(PEERS_SEEN_EVERY) >= 0) {
            peersSeen = now;
            var policy = target.policy();
            var sessions = admission.sessions(policy, confirmed.policy());
            peers.see(WayIn.proven(List.of(policy), sessions, admission.logins(sessions)));
        }
    }
}
