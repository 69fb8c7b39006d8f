package io.portero.bans;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.bans.BanMemory.Remembered;
import io.portero.bans.BanSettlement.Actual;
import io.portero.bans.BanSettlement.Settled;
import io.portero.plan.TimedMember;
import io.portero.policy.AddressRange;
import io.portero.policy.Family;
import io.portero.policy.Ip;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class BanSettlementTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private static AddressRange range(String text) {
        try {
            return AddressRange.parse(text);
        } catch (Ip.NotAnAddress e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static Ban ban(String what, String comment) {
        return ban(what, comment, 600);
    }

    private static Ban ban(String what, String comment, long seconds) {
        return Ban.told(range(what), Optional.of(NOW.plusSeconds(seconds)), comment);
    }

    private static Remembered remembered(Ban... bans) {
        return new Remembered(BanList.of(List.of(bans)), Collections.emptySortedSet(), false);
    }

    private static Remembered before(Ban... bans) {
        return new Remembered(BanList.of(List.of(bans)), Collections.emptySortedSet(), true);
    }

    private static Actual actual(Ban... bans) {
        return new Actual(List.of(bans).stream().map(b -> b.member(NOW)).toList(), Map.of());
    }

    private static Actual networks(TimedMember... pieces) {
        return new Actual(List.of(), Map.of(Family.V4, List.of(pieces)));
    }

    private static Settled settle(Remembered known, Actual actual) {
        return BanSettlement.of(known, actual, NOW, a -> Optional.empty());
    }

    @Test
    void remembersBansOfOtherPrograms() {
        var found = ban("192.0.2.1", "");
        var settled = settle(remembered(), actual(found));
        assertThat(settled.next().all()).containsExactly(found);
        assertThat(settled.changes().made()).containsExactly(found);
        assertThat(found.by()).isEqualTo(Owner.OTHER);
    }

    @Test
    void letsAnotherProgramLiftItsOwnBan() {
        var kept = ban("192.0.2.1", "");
        var lifted = ban("192.0.2.2", "");
        var settled = settle(remembered(kept, lifted), actual(kept));
        assertThat(settled.next().all()).containsExactly(kept);
        assertThat(settled.changes().lifted()).containsExactly(lifted);
    }

    @Test
    void countsTheOnlyBanOfAnotherProgramAsLiftedWhenItIsGone() {
        assertThat(settle(remembered(ban("192.0.2.1", "")), actual()).next().all())
                .isEmpty();
    }

    @Test
    void restoresBansWhenSeveralDisappearAtOnceBecauseThatIsAFlush() {
        var first = ban("192.0.2.1", "");
        var second = ban("192.0.2.2", "");
        assertThat(settle(remembered(first, second), actual()).changes().restored())
                .hasSize(2);
        var lone = ban("2001:db8::1", "");
        assertThat(settle(remembered(first, second, lone), actual()).changes().restored())
                .hasSize(2);
    }

    @Test
    void restoresBansAfterAReboot() {
        var known = ban("192.0.2.1", "");
        var settled = settle(before(known), actual());
        assertThat(settled.next().all()).containsExactly(known);
        assertThat(settled.changes().restored()).hasSize(1);
        assertThat(settled.put()).containsExactly(known);
    }

    @Test
    void restoresABanOfOurCommandThatAnotherProgramRemoved() {
        var known = remembered(ban("192.0.2.1", "portero ban"));
        assertThat(settle(known, actual()).changes().restored()).hasSize(1);
    }

    @Test
    void doesNotRestoreABanThatEndsSoon() {
        var settled = BanSettlement.of(
                remembered(ban("192.0.2.1", "portero ban")), actual(), NOW.plusSeconds(598), a -> Optional.empty());
        assertThat(settled.next().all()).isEmpty();
        assertThat(settled.isNothing()).isTrue();
    }

    @Test
    void undoesANewBanThatTheGuardObjectsToUnlessItIsForced() {
        var fresh = ban("192.0.2.1", "");
        var forced = ban("192.0.2.2", "portero ban --force by me");
        var old = ban("192.0.2.3", "");
        var settled = BanSettlement.of(remembered(old), actual(fresh, forced, old), NOW, a -> Optional.of("because"));
        assertThat(settled.next().all()).containsExactly(forced, old);
        assertThat(settled.changes().undone()).containsOnlyKeys(fresh.what());
        assertThat(settled.take()).containsExactly(fresh.what());
        assertThat(forced.by()).isEqualTo(new Owner("me"));
    }

    @Test
    void acceptsThatTheKernelListsWholeSeconds() {
        var known = ban("192.0.2.1", "");
        var later = new Ban(known.what(), known.by(), known.until().map(u -> u.minusMillis(999)), false, "");
        assertThat(BanSettlement.isSettled(remembered(known), actual(later), NOW))
                .isTrue();
        assertThat(settle(remembered(known), actual(later)).next().all()).containsExactly(known);
        var muchLater = ban("192.0.2.1", "", 4200);
        assertThat(BanSettlement.isSettled(remembered(known), actual(muchLater), NOW))
                .isFalse();
        assertThat(settle(remembered(known), actual(muchLater)).next().all()).containsExactly(muchLater);
    }

    @Test
    void aShorterBanOfAnotherProgramDoesNotReplaceALongerBan() {
        var ours = ban("192.0.2.1", "portero ban by fail2ban:ssh", 3600);
        var theirs = ban("192.0.2.1", "crowdsec", 60);
        var settled = settle(remembered(ours), actual(theirs));
        assertThat(settled.next().all()).containsExactly(ours, theirs);
        assertThat(settled.put()).containsExactly(ours);
    }

    @Test
    void anAddressStaysBannedByItsOtherOwners() {
        var ours = ban("192.0.2.1", "portero ban by fail2ban:ssh", 60);
        var theirs = ban("192.0.2.1", "", 3600);
        var settled = settle(remembered(ours, theirs), actual());
        assertThat(settled.next().all()).containsExactly(ours);
        assertThat(settled.changes().lifted()).containsExactly(theirs);
        assertThat(settled.put()).containsExactly(ours);
    }

    @Test
    void networksAreDividedIntoPiecesAndTheLongestBanCounts() {
        var wide = ban("192.0.2.0/24", "portero ban by a", 60);
        var narrow = ban("192.0.2.64/26", "portero ban by b", 600);
        var pieces = Pieces.of(List.of(wide, narrow));
        assertThat(pieces.all())
                .extracting(p -> p.range() + " " + p.ban().by())
                .containsExactly("192.0.2.0/26 a", "192.0.2.64/26 b", "192.0.2.128/25 a");
        var held = pieces.members(NOW).toArray(TimedMember[]::new);
        assertThat(BanSettlement.isSettled(remembered(wide, narrow), networks(held), NOW))
                .isTrue();
        var settled = settle(remembered(wide, narrow), networks(held[0]));
        assertThat(settled.refill()).containsExactly(Family.V4);
        assertThat(settled.changes().restored()).containsExactly(narrow);
    }

    @Test
    void removesARangeOfAnotherProgramAndKeepsOurOwnRangeWithoutAStoredBan() {
        var theirs = new TimedMember(range("192.0.2.0/24"), Optional.empty(), "x");
        var settled = settle(remembered(), networks(theirs));
        assertThat(settled.changes().undone()).containsOnlyKeys(range("192.0.2.0/24"));
        assertThat(settled.refill()).containsExactly(Family.V4);
        var ours = new TimedMember(range("192.0.2.0/24"), Optional.empty(), "portero ban by me");
        assertThat(settle(remembered(), networks(ours)).changes().made())
                .extracting(b -> b.what() + " " + b.by())
                .containsExactly("192.0.2.0/24 me");
    }

    @Test
    void aPendingLiftIsNotMistakenForALostMemory() {
        var lifted = new TreeSet<>(List.of(range("192.0.2.0/24"), range("198.51.100.1")));
        var known = new Remembered(BanList.EMPTY, lifted, false);
        var host = new TimedMember(range("198.51.100.1"), Optional.of(Duration.ofHours(1)), "portero ban by me");
        var network = new TimedMember(range("192.0.2.0/24"), Optional.empty(), "portero ban by me");
        var settled = BanSettlement.of(
                known, new Actual(List.of(host), Map.of(Family.V4, List.of(network))), NOW, a -> Optional.empty());
        assertThat(settled.next().all()).isEmpty();
        assertThat(settled.take()).containsExactly(range("198.51.100.1"));
        assertThat(settled.refill()).containsExactly(Family.V4);
    }
}
