package io.portero.bans;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.bans.BanMemory.Remembered;
import io.portero.policy.Ip;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class BanSettlementTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private static Ban ban(String address, String note) {
        try {
            return new Ban(Ip.parse(address), Optional.of(NOW.plusSeconds(600)), note);
        } catch (Ip.NotAnAddress e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static TreeMap<Ip, Ban> bans(Ban... bans) {
        var map = new TreeMap<Ip, Ban>();
        for (var ban : bans) {
            map.put(ban.address(), ban);
        }
        return map;
    }

    private static BanSettlement settle(TreeMap<Ip, Ban> known, TreeMap<Ip, Ban> actual) {
        return BanSettlement.of(new Remembered(known, false), actual, NOW, a -> Optional.empty());
    }

    @Test
    void remembersWhatAnotherProgramBanned() {
        var found = ban("192.0.2.1", "");
        var settlement = settle(bans(), bans(found));
        assertThat(settlement.next()).isEqualTo(bans(found));
        assertThat(settlement.changes().made()).containsExactly(found);
    }

    @Test
    void letsAnotherProgramLiftItsOwnBan() {
        var kept = ban("192.0.2.1", "");
        var lifted = ban("192.0.2.2", "");
        var settlement = settle(bans(kept, lifted), bans(kept));
        assertThat(settlement.next()).isEqualTo(bans(kept));
        assertThat(settlement.changes().lifted()).containsExactly(lifted);
    }

    @Test
    void takesTheLastOfAnotherProgramsBansForLifted() {
        assertThat(settle(bans(ban("192.0.2.1", "")), bans()).next()).isEmpty();
    }

    @Test
    void takesManyGoneAtOnceForAFlush() {
        var known = bans(ban("192.0.2.1", ""), ban("192.0.2.2", ""));
        assertThat(settle(known, bans()).changes().restored()).hasSize(2);
        known.put(ban("2001:db8::1", "").address(), ban("2001:db8::1", ""));
        assertThat(settle(known, bans()).changes().restored()).hasSize(2);
    }

    @Test
    void restoresAfterABoot() {
        var known = bans(ban("192.0.2.1", ""));
        var settlement = BanSettlement.of(new Remembered(known, true), bans(), NOW, a -> Optional.empty());
        assertThat(settlement.next()).isEqualTo(known);
        assertThat(settlement.changes().restored()).hasSize(1);
    }

    @Test
    void restoresWhatOurCommandBannedWhoeverTookItOut() {
        var known = bans(ban("192.0.2.1", "portero ban"));
        assertThat(settle(known, bans()).changes().restored()).hasSize(1);
    }

    @Test
    void doesNotRestoreWhatIsAboutToEnd() {
        var known = bans(ban("192.0.2.1", "portero ban"));
        var settlement =
                BanSettlement.of(new Remembered(known, false), bans(), NOW.plusSeconds(598), a -> Optional.empty());
        assertThat(settlement.next()).isEmpty();
        assertThat(settlement.changes().restored()).isEmpty();
    }

    @Test
    void undoesWhatTheGuardObjectsToUnlessItIsForcedOrOld() {
        var fresh = ban("192.0.2.1", "");
        var forced = ban("192.0.2.2", "portero ban --force by me");
        var old = ban("192.0.2.3", "");
        var settlement = BanSettlement.of(
                new Remembered(bans(old), false), bans(fresh, forced, old), NOW, a -> Optional.of("because"));
        assertThat(settlement.next()).isEqualTo(bans(forced, old));
        assertThat(settlement.changes().undone()).containsOnlyKeys(fresh.address());
        assertThat(forced.by()).isEqualTo("me");
    }

    @Test
    void toleratesThatTheKernelListsWholeSeconds() {
        var known = ban("192.0.2.1", "");
        var later = new Ban(known.address(), known.until().map(u -> u.minusMillis(999)), "");
        assertThat(BanSettlement.isSettled(new Remembered(bans(known), false), bans(later), NOW))
                .isTrue();
        assertThat(settle(bans(known), bans(later)).next()).isEqualTo(bans(known));
        var muchLater = new Ban(known.address(), known.until().map(u -> u.plus(Duration.ofHours(1))), "");
        assertThat(BanSettlement.isSettled(new Remembered(bans(known), false), bans(muchLater), NOW))
                .isFalse();
        assertThat(settle(bans(known), bans(muchLater)).next()).isEqualTo(bans(muchLater));
    }
}
