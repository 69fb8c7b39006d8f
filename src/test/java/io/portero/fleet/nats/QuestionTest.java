package io.portero.fleet.nats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class QuestionTest {
    private static final byte[] CONTENT = {1, 2, 3};

    private final List<byte[]> offered = new CopyOnWriteArrayList<>();
    private final AtomicInteger asked = new AtomicInteger();

    private Question of(Question.Asking asking) {
        return new Question(asking, offered::add);
    }

    private void untilOffered(int times) {
        await().atMost(Duration.ofSeconds(5))
                .untilAsserted(() -> assertThat(offered).hasSize(times));
    }

    @Test
    void isAskedAgainUntilTheStoreAnswers() {
        of(() -> {
                    if (asked.incrementAndGet() < 3) {
                        throw new IOException("away");
                    }
                    return new Question.Answer(CONTENT, 1);
                })
                .ask(0);
        untilOffered(1);
        assertThat(asked).hasValue(3);
    }

    @Test
    void isAskedAgainAfterAnUndeclaredExceptionOfTheClient() {
        of(() -> {
                    if (asked.incrementAndGet() < 3) {
                        throw new IllegalStateException("the connection is just being made");
                    }
                    return new Question.Answer(CONTENT, 1);
                })
                .ask(0);
        untilOffered(1);
    }

    @Test
    void ignoresAnAnswerFromANodeThatIsBehind() {
        of(() -> new Question.Answer(CONTENT, asked.incrementAndGet())).ask(3);
        untilOffered(1);
        assertThat(asked).hasValue(3);
    }

    @Test
    void manyRequestsDuringAnAnswerCauseOneMoreQuestion() {
        var question = of(() -> {
            asked.incrementAndGet();
            return new Question.Answer(CONTENT, 1);
        });
        for (int i = 0; i < 100; i++) {
            question.ask(0);
        }
        untilOffered(2);
        assertThat(asked).hasValue(2);
    }
}
