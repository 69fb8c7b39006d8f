package io.portero.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portero.fleet.Transport.Slot;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A roll over a store that loses answers, and operators whose clocks differ. */
class RollerIT {
    private final FakeStore store = new FakeStore();

    @TempDir
    private Path base = Path.of("");

    private TestFleet fleet;

    @BeforeEach
    void theCanaryIsWell() throws Exception {
        fleet = new TestFleet(base, "canary");
        fleet.sign();
        store.reports.put("canary", report(1));
    }

    private static Report report(long version) {
        return new Report("canary", "voice", version, "applied", Optional.empty(), true, false, 0, 0, Instant.now());
    }

    private RollState roll(String by, Instant now) throws Exception {
        var pushing = fleet.pushing(store);
        var load = pushing.load();
        return new Roller(
                        store,
                        pushing,
                        fleet.read(),
                        load.version(),
                        new Roller.Timing(Duration.ZERO, Duration.ofSeconds(5)),
                        new Roller.Progress() {
                            @Override
                            public void ring(RollState state, int hosts, int asleep) {}

                            @Override
                            public void waiting(RollState state, int well, int all, String what) {}
                        },
                        Clock.systemUTC())
                .roll(load, RollState.begun(load.version(), by, List.of(100), now));
    }

    @Test
    void aWriteWithALostAnswerIsNotMistakenForAnotherOperator() throws Exception {
        store.answersToLose = 2;
        assertThat(roll("alice@laptop", Instant.now()).phase()).isEqualTo(RollState.Phase.DONE);
        assertThat(store.answersToLose).isZero();
    }

    @Test
    void aReadFromANodeThatIsNotUpToDateIsNotMistakenForAnotherOperator() throws Exception {
        fleet.push(store);
        fleet.policy(5070);
        fleet.sign();
        store.reports.put("canary", report(2));
        store.staleReads = 6;
        assertThat(roll("alice@laptop", Instant.now()).phase()).isEqualTo(RollState.Phase.DONE);
        assertThat(store.staleReads).isZero();
    }

    @Test
    void anOperatorWhoseClockIsADayAheadDoesNotKeepOthersOut() throws Exception {
        var tomorrow = Instant.now().plus(Duration.ofDays(1));
        store.putRoll(RollState.begun(1, "bob@desk", List.of(100), tomorrow).bytes(), 0);
        assertThat(roll("alice@laptop", Instant.now()).sentence())
                .isEqualTo("version 1 was rolled out by alice@laptop");
    }

    @Test
    void aVersionOlderThanThatOfEveryHostIsNotRolled() throws Exception {
        var old = fleet.signed().bundles().get("voice");
        fleet.policy(5070);
        fleet.sign();
        fleet.push(store);
        fleet.signed().write("voice", old);
        assertThatThrownBy(() -> roll("alice@laptop", Instant.now()))
                .isInstanceOf(Refusal.class)
                .hasMessageStartingWith("the store holds version 2 for the role voice already");
        assertThat(store.roll()).isEmpty();
        assertThat(store.get(Slot.GATE, "voice")).isEmpty();
    }
}
