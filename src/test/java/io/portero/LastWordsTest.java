package io.portero;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LastWordsTest {
    private final List<Integer> halted = new ArrayList<>();
    private final LastWords lastWords = new LastWords(halted::add);

    private void ends(String thread, Throwable why) {
        lastWords.uncaughtException(Thread.ofPlatform().name(thread).unstarted(() -> {}), why);
    }

    @Test
    void anErrorInAnyThreadEndsTheProcess() {
        ends("counters", new OutOfMemoryError());
        assertThat(halted).containsExactly(1);
    }

    @Test
    void anExceptionInAVitalThreadEndsTheProcess() {
        ends("nft monitor", new IllegalStateException());
        ends("policy-watcher", new IllegalStateException());
        ends("names", new IllegalStateException());
        assertThat(halted).containsExactly(1, 1, 1);
    }

    @Test
    void anExceptionInAnotherThreadDoesNotEndTheProcess() {
        ends("status-file", new IllegalStateException());
        assertThat(halted).isEmpty();
    }

    @Test
    void theEndOfTheLoopEndsTheProcess() {
        lastWords.loopDied(new IllegalStateException());
        assertThat(halted).containsExactly(1);
    }
}
