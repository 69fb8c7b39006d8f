package io.portero.bans;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.apply.Failure;
import io.portero.apply.FakeFirewall;
import io.portero.apply.Firewall.Reading;
import io.portero.compile.NamedSet;
import io.portero.plan.Step;
import io.portero.plan.TimedChange;
import io.portero.plan.TimedMember;
import io.portero.policy.Family;
import io.portero.policy.Ip;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TimedSetsTest {
    private static final String SET = "banned_v4";

    private final FakeFirewall firewall = new FakeFirewall();
    private final List<String> said = new ArrayList<>();
    private final TimedSets sets = new TimedSets(firewall, said::add);

    @BeforeEach
    void makeTheSet() {
        firewall.commit(List.of(new Step.CreateTable(), new Step.AddSet(new NamedSet.Timed(SET, Family.V4))));
    }

    private static Ip ip(int number) {
        return new Ip(Family.V4, 0, 0x0A00_0000L + number);
    }

    private static TimedMember member(int number, String note) {
        return new TimedMember(ip(number), Optional.of(Duration.ofHours(1)), note);
    }

    private static List<TimedChange> puts(int count) {
        return List.of(new TimedChange.Put(
                SET, IntStream.range(0, count).mapToObj(i -> member(i, "")).toList()));
    }

    private int held() {
        return firewall.members(SET) instanceof Reading.Of<List<TimedMember>>(var members) ? members.size() : -1;
    }

    @Test
    void isOneTransactionWhenNothingIsRefused() {
        int before = firewall.commits().size();
        assertThat(sets.change(puts(1000))).isTrue();
        assertThat(firewall.commits()).hasSize(before + 1);
        assertThat(said).isEmpty();
    }

    @Test
    void leavesOutRefusedMembersAndReportsThemOnce() {
        firewall.refuse(ip(7), ip(777));
        assertThat(sets.change(puts(1000))).isTrue();
        assertThat(held()).isEqualTo(998);
        assertThat(said)
                .containsExactly("nft refuses 10.0.0.7 in banned_v4, 10.0.3.9 in banned_v4, which is left out;"
                        + " everything else is in force: no 10.0.0.7");
        int before = firewall.commits().size();
        assertThat(sets.change(puts(1000))).isTrue();
        assertThat(firewall.commits()).hasSize(before + 1);
        assertThat(said).hasSize(1);
    }

    @Test
    void findsARefusedMemberAmongOtherChanges() {
        firewall.refuse(ip(3));
        assertThat(sets.change(List.of(
                        new TimedChange.Put(SET, List.of(member(3, ""))),
                        new TimedChange.Put(SET, List.of(member(4, ""))),
                        new TimedChange.Take(SET, List.of(ip(5))))))
                .isTrue();
        assertThat(held()).isEqualTo(1);
    }

    @Test
    void triesARefusedMemberAgainAfterItHasChanged() {
        firewall.refuse(ip(3));
        sets.change(puts(5));
        assertThat(sets.refuses(member(3, ""))).isTrue();
        assertThat(sets.refuses(member(3, "another note"))).isFalse();
    }

    @Test
    void continuesInTheNextPassWhenManyMembersAreRefused() {
        firewall.refuse(IntStream.range(0, 300).mapToObj(TimedSetsTest::ip).toArray(Ip[]::new));
        int looks = 0;
        while (!sets.change(puts(1000))) {
            assertThat(++looks).isLessThan(50);
        }
        assertThat(looks).isPositive();
        assertThat(held()).isEqualTo(700);
    }

    @Test
    void aFailureOfTheFirewallDoesNotCountAsRefusal() {
        firewall.failCommits(1, new Failure(Failure.Kind.TIMEOUT, "nft hangs"));
        assertThat(sets.change(puts(100))).isFalse();
        assertThat(said).singleElement().asString().startsWith("100 changes of set banned_v4 are not in force yet: ");
        assertThat(sets.change(puts(100))).isTrue();
        assertThat(held()).isEqualTo(100);
    }

    @Test
    void aMissingSetDoesNotCountAsRefusal() {
        firewall.remove();
        assertThat(sets.change(puts(100))).isFalse();
        assertThat(said).hasSize(1);
        makeTheSet();
        assertThat(sets.change(puts(100))).isTrue();
        assertThat(held()).isEqualTo(100);
    }
}
