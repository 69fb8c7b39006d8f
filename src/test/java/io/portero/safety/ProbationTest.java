package io.portero.safety;

import static io.portero.safety.Sessions.handshake;
import static io.portero.safety.Sessions.login;
import static io.portero.safety.Sessions.ssh;
import static org.assertj.core.api.Assertions.assertThat;

import io.portero.policy.Policy;
import io.portero.safety.Probation.End;
import io.portero.state.StateDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProbationTest {
    private static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");
    private static final Policy OPEN = ssh("any");

    @TempDir
    private Path state;

    @TempDir
    private Path run;

    private long nanos;
    private int asked;
    private Duration looking = Duration.ZERO;
    private Probation probation;

    @BeforeEach
    void make() {
        probation = again();
    }

    /** The probation that a restart finds. */
    private Probation again() {
        return new Probation(new StateDirectory(state), run, Clock.fixed(NOW, ZoneOffset.UTC), () -> nanos);
    }

    private void pass(Duration time) {
        nanos += time.toNanos();
    }

    private Collection<Session> look(Session... sessions) {
        asked++;
        pass(looking);
        return List.of(sessions);
    }

    private java.util.Optional<End> check(Session... sessions) {
        return probation.check(() -> look(sessions), OPEN);
    }

    private void begin(Session... before) {
        begin(PastLogins.NONE, before);
    }

    private void begin(PastLogins known, Session... before) {
        assertThat(probation.announce("digest")).isEmpty();
        probation.begin("digest", Duration.ofMinutes(1), Set.of(), List.of(before), known);
    }

    @Test
    void endsWhenItsTimeIsOverAndNotBefore() {
        assertThat(probation.isPending()).isFalse();
        assertThat(probation.left()).isEmpty();
        assertThat(check()).isEmpty();
        begin();
        assertThat(probation.isPending()).isTrue();
        assertThat(probation.isPending("digest")).isTrue();
        assertThat(probation.isPending("other")).isFalse();
        pass(Duration.ofSeconds(59));
        assertThat(probation.left()).contains(Duration.ofSeconds(1));
        assertThat(check()).isEmpty();
        pass(Duration.ofSeconds(1));
        assertThat(probation.left()).contains(Duration.ZERO);
        assertThat(check()).contains(End.EXPIRED);
        pass(Duration.ofSeconds(1));
        assertThat(probation.left()).contains(Duration.ZERO);
    }

    @Test
    void onlyANewLoginConfirms() {
        begin(login("198.51.100.7", 1, "root on pts/0"));
        assertThat(check(login("198.51.100.7", 1, "root on pts/0"))).isEmpty();
        assertThat(check(login("198.51.100.7", 1, "root on pts/9"))).isEmpty();
        assertThat(check(handshake("203.0.113.9", 2))).isEmpty();
        assertThat(check(login("198.51.100.7", 3, "root on pts/0"))).isEmpty();
        assertThat(check(login("198.51.100.7", 3, "root on pts/1", "root on pts/0")))
                .contains(End.CONFIRMED_BY_CONNECTION);
    }

    @Test
    void aNewConnectionOfASourceThatThePolicyNamesConfirms() {
        begin(handshake("198.51.100.7", 1));
        var named = ssh("198.51.100.7");
        assertThat(probation.check(() -> look(handshake("198.51.100.7", 1)), named))
                .isEmpty();
        assertThat(probation.check(() -> look(handshake("198.51.100.7", 2)), named))
                .contains(End.CONFIRMED_BY_CONNECTION);
    }

    @Test
    void whereOthersLogInAPeerThatNeverDidDoesNotConfirmByItsName() {
        var operator = login("198.51.100.7", 1, "root on pts/0");
        begin(PastLogins.of(List.of(), List.of(operator)), operator);
        var named = ssh("198.51.100.7, 203.0.113.9");
        assertThat(probation.check(() -> look(handshake("203.0.113.9", 2)), named))
                .isEmpty();
        assertThat(probation.check(() -> look(login("203.0.113.9", 3, "root on pts/1")), named))
                .contains(End.CONFIRMED_BY_CONNECTION);
        assertThat(probation.check(() -> look(handshake("198.51.100.7", 4)), named))
                .as("a login that was over before it was seen")
                .contains(End.CONFIRMED_BY_CONNECTION);
    }

    @Test
    void checksOnceMoreBeforeTheTimeIsOver() {
        begin();
        looking = Duration.ofSeconds(10);
        assertThat(check()).isEmpty();
        pass(Duration.ofSeconds(50));
        assertThat(check(login("198.51.100.7", 1, "a login"))).contains(End.CONFIRMED_BY_CONNECTION);
        assertThat(asked).isEqualTo(2);
    }

    @Test
    void checksLessOftenIfACheckTakesLong() {
        begin();
        looking = Duration.ofMillis(4);
        check();
        check();
        assertThat(asked).isEqualTo(2);
        looking = Duration.ofMillis(100);
        check();
        pass(Duration.ofMillis(4_999));
        check();
        assertThat(asked).isEqualTo(3);
        pass(Duration.ofMillis(1));
        check();
        assertThat(asked).isEqualTo(4);
    }

    @Test
    void aCommandEndsItOnlyOnce() throws IOException {
        Files.createFile(run.resolve(Probation.CONFIRM));
        Files.createFile(run.resolve(Probation.ROLLBACK));
        begin();
        assertThat(check()).as("what lay there before it began").isEmpty();
        Files.createFile(run.resolve(Probation.CONFIRM));
        assertThat(check()).contains(End.CONFIRMED_BY_COMMAND);
        Files.createFile(run.resolve(Probation.CONFIRM));
        Files.createFile(run.resolve(Probation.ROLLBACK));
        assertThat(check()).as("the careful way").contains(End.ROLLED_BACK_BY_COMMAND);
        assertThat(run.resolve(Probation.ROLLBACK)).doesNotExist();
    }

    @Test
    void aRestartFindsAnUnconfirmedPolicy() {
        begin();
        assertThat(probation.isRejected(() -> "digest")).as("while it is tried").isFalse();
        assertThat(again().isRejected(() -> "digest")).isTrue();
        assertThat(again().isRejected(() -> "other")).isFalse();
        probation.confirmed();
        assertThat(probation.isPending()).isFalse();
        assertThat(again().isRejected(() -> "digest")).isFalse();
    }

    @Test
    void aRejectedFileIsNotRetriedAfterOtherPolicies() {
        begin();
        probation.rejected();
        assertThat(probation.isPending()).isFalse();
        assertThat(probation.isRejected(() -> "digest")).isTrue();
        assertThat(probation.announce("next")).isEmpty();
        probation.begin("next", Duration.ofMinutes(1), Set.of(), List.of(), PastLogins.NONE);
        assertThat(probation.isRejected(() -> "digest")).isTrue();
        probation.confirmed();
        assertThat(again().isRejected(() -> "digest")).isTrue();
        assertThat(again().isRejected(() -> "next")).isFalse();
    }

    @Test
    void aPolicyThatCouldNotBeAppliedIsNotRejected() {
        probation.announce("digest");
        probation.withdraw();
        assertThat(again().isRejected(() -> "digest")).isFalse();
        begin();
        probation.announce("second");
        probation.withdraw();
        assertThat(again().isRejected(() -> "second")).isFalse();
        assertThat(again().isRejected(() -> "digest")).as("still unconfirmed").isTrue();
    }

    @Test
    void theFileIsNotReadIfNothingWasRejected() {
        assertThat(probation.isRejected(() -> {
                    throw new AssertionError("the file was read");
                }))
                .isFalse();
    }

    @Test
    void knowsWhichEndsConfirmAPolicy() {
        assertThat(List.of(End.values()).stream().filter(End::isConfirmed))
                .containsExactly(End.CONFIRMED_BY_COMMAND, End.CONFIRMED_BY_CONNECTION, End.SUPERSEDED);
        assertThat(End.ROLLED_BACK_BY_COMMAND.word()).isEqualTo("rolled_back_by_command");
    }
}
