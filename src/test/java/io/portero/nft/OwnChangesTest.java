package io.portero.nft;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class OwnChangesTest {
    private final AtomicLong now = new AtomicLong();
    private final OwnChanges onTheHost = new OwnChanges(pid -> pid == 7, true, now::get);
    private final OwnChanges inAContainer = new OwnChanges(pid -> false, false, now::get);

    @Test
    void recognisesThemByTheirProcessIdsOnTheHost() {
        assertThat(onTheHost.isOurs(7, "nft")).isTrue();
        assertThat(onTheHost.isOurs(8, "nft")).isFalse();
    }

    @Test
    void inAContainerItExpectsOneChangeForEachOwnCall() {
        assertThat(inAContainer.isOurs(7, "nft")).isFalse();
        inAContainer.begin();
        assertThat(inAContainer.isOurs(7, "firewalld")).isFalse();
        assertThat(inAContainer.isOurs(7, "nft")).isTrue();
        assertThat(inAContainer.isOurs(7, "nft")).isFalse();
    }

    @Test
    void doesNotExpectFailedChangesAndStopsAfterATime() {
        inAContainer.begin();
        inAContainer.failed();
        assertThat(inAContainer.isOurs(7, "nft")).isFalse();
        inAContainer.begin();
        now.addAndGet(Duration.ofSeconds(3).toNanos());
        assertThat(inAContainer.isOurs(7, "nft")).isFalse();
    }
}
