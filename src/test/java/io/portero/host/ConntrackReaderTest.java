package io.portero.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.exec.Command;
import io.portero.exec.CommandResult;
import io.portero.policy.PortRange;
import io.portero.policy.Protocol;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ConntrackReaderTest {
    private static final String LINE =
            "tcp      6 431999 ESTABLISHED src=192.0.2.9 dst=192.0.2.1 sport=40000 dport=22 src=192.0.2.1 dst=192.0.2.9 sport=22 dport=40000 [ASSURED] mark=0 use=1\n";

    private final AtomicLong now = new AtomicLong();
    private final List<String> asked = new ArrayList<>();
    private boolean hangs;
    private final ConntrackReader reader = new ConntrackReader(this::run, Path.of("/nonexistent"), now::get);

    private CommandResult run(Command command) {
        asked.add(String.join(" ", command.words()));
        assertThat(command.timeout()).isLessThanOrEqualTo(Duration.ofSeconds(5));
        return hangs
                ? new CommandResult.TimedOut("conntrack", command.timeout())
                : new CommandResult.Completed(0, LINE, "", Duration.ZERO);
    }

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }

    private static PortRange port(int first, int last) {
        return new PortRange(Protocol.TCP, first, last);
    }

    @Test
    void readsAtMostOnceASecondForAnyNumberOfCallers() {
        for (int i = 0; i < 1000; i++) {
            assertThat(reader.all().orElseThrow()).hasSize(1);
        }
        assertThat(asked).containsExactly("conntrack -L");
        pass(Duration.ofSeconds(1));
        reader.all();
        assertThat(asked).hasSize(2);
    }

    @Test
    void letsTheProgramFilterWhenOnlyOnePortIsNeeded() {
        reader.tcp(List.of(port(22, 22)));
        reader.tcp(List.of(port(22, 22), port(2222, 2222)));
        pass(Duration.ofSeconds(1));
        reader.tcp(List.of(port(2000, 3000)));
        assertThat(asked)
                .containsExactly(
                        "conntrack -L -p tcp -u SEEN_REPLY --dport 22",
                        "conntrack -L -p tcp -u SEEN_REPLY",
                        "conntrack -L -p tcp -u SEEN_REPLY");
    }

    @Test
    void usesARecentReading() {
        reader.all();
        assertThat(reader.tcp(List.of(port(22, 22))).orElseThrow()).hasSize(1);
        assertThat(asked).hasSize(1);
    }

    @Test
    void readsAgainWhenTheLastReadingIsDiscarded() {
        reader.all();
        reader.forget();
        reader.all();
        assertThat(asked).hasSize(2);
    }

    @Test
    void waitsAMinuteAfterAHangingProgram() {
        hangs = true;
        assertThat(reader.all()).isEmpty();
        pass(Duration.ofSeconds(59));
        assertThat(reader.all()).isEmpty();
        assertThat(asked).hasSize(1);
        hangs = false;
        pass(Duration.ofSeconds(1));
        assertThat(reader.all()).isPresent();
    }
}
