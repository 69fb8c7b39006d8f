package io.portero.nft;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class DeafnessTest {
    private final AtomicLong now = new AtomicLong();
    private final Deafness deafness = new Deafness(now::get);

    private void listens() {
        deafness.starts();
        deafness.listens();
    }

    @Test
    void aChangeThatIsNotReportedInTimeIsDeafness() {
        listens();
        deafness.expect(deafness.mark());
        assertThat(deafness.left()).contains(Deafness.PATIENCE);
        now.addAndGet(Duration.ofSeconds(6).toNanos());
        assertThat(deafness.left()).contains(Duration.ofSeconds(-1));
        deafness.hears();
        assertThat(deafness.left()).isEmpty();
    }

    /** nft 1.0.6 ends some milliseconds after the kernel has reported its change. */
    @Test
    void aChangeMayBeReportedBeforeItsProgramEnds() {
        listens();
        var begun = deafness.mark();
        deafness.hears();
        deafness.expect(begun);
        assertThat(deafness.left()).isEmpty();
    }

    @Test
    void overlappingChangesAreCountedSeparately() {
        listens();
        var first = deafness.mark();
        deafness.hears();
        var second = deafness.mark();
        deafness.expect(first);
        assertThat(deafness.left()).isEmpty();
        deafness.expect(second);
        assertThat(deafness.left()).isPresent();
    }

    @Test
    void aChangeThatStartedBeforeTheMonitorNeedNotBeReported() {
        deafness.starts();
        var begun = deafness.mark();
        deafness.listens();
        deafness.expect(begun);
        assertThat(deafness.left()).isEmpty();
    }

    @Test
    void aChangeThatStartedUnderAnEarlierMonitorNeedNotBeReported() {
        listens();
        var begun = deafness.mark();
        listens();
        deafness.expect(begun);
        assertThat(deafness.left()).isEmpty();
        deafness.expect(deafness.mark());
        listens();
        assertThat(deafness.left()).isEmpty();
    }

    private void listensForLong() {
        listens();
        now.addAndGet(Duration.ofMinutes(1).toNanos());
    }

    @Test
    void aCheckMayFindAChangeBeforeTheMonitorReportsIt() {
        listensForLong();
        deafness.isFound();
        assertThat(deafness.left()).contains(Deafness.PATIENCE);
        deafness.hearsOfOthers();
        assertThat(deafness.left()).isEmpty();
    }

    @Test
    void aForeignChangeThatIsNeverReportedIsDeafnessDespiteOtherReports() {
        listensForLong();
        deafness.isFound();
        deafness.hears();
        now.addAndGet(Duration.ofSeconds(6).toNanos());
        assertThat(deafness.left()).contains(Duration.ofSeconds(-1));
    }

    @Test
    void aChangeFoundRightAfterTheStartIsNotDeafness() {
        listens();
        now.addAndGet(Duration.ofSeconds(1).toNanos());
        deafness.isFound();
        assertThat(deafness.left()).isEmpty();
    }
}
