package io.portero.fleet.nats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SendingTest {
    private final List<String> sent = new CopyOnWriteArrayList<>();
    private final AtomicInteger failures = new AtomicInteger();
    private final Sending sending = new Sending(this::send);

    private void send(String report) throws IOException {
        sent.add(report);
        if (failures.getAndDecrement() > 0) {
            throw new IOException("no leader");
        }
    }

    @Test
    void aReportThatTheStoreDoesNotConfirmIsSentAgain() {
        failures.set(2);
        sending.send("one");
        await().atMost(Duration.ofSeconds(20)).until(() -> sent.size() == 3);
        assertThat(sent).containsOnly("one");
    }

    @Test
    void aConfirmedReportIsSentOnce() throws InterruptedException {
        failures.set(0);
        sending.send("one");
        await().until(() -> sent.size() == 1);
        sending.send("two");
        await().until(() -> sent.size() == 2);
        Thread.sleep(1500);
        assertThat(sent).containsExactly("one", "two");
    }

    @Test
    void aNewerReportIsSentAtOnceInPlaceOfOneThatIsNotConfirmed() {
        failures.set(8); // the ninth try comes after more than 16 s
        sending.send("one");
        await().atMost(Duration.ofSeconds(20)).until(() -> sent.size() == 4);
        failures.set(0);
        sending.send("two");
        await().atMost(Duration.ofSeconds(1)).until(() -> sent.getLast().equals("two"));
    }

    @Test
    void nothingIsSentAfterTheEnd() throws InterruptedException {
        failures.set(100);
        sending.send("one");
        await().until(() -> sent.size() == 1);
        sending.end();
        Thread.sleep(1500);
        sending.send("two");
        Thread.sleep(100);
        assertThat(sent).containsExactly("one");
    }
}
