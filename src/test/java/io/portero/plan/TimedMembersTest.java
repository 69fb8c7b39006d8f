package io.portero.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.compile.NamedSet;
import io.portero.policy.Family;
import io.portero.policy.Ip;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TimedMembersTest {
    @Test
    void aSetWithTimeoutsIsFilledInTheTransactionThatMakesIt() throws Exception {
        var banned = new Step.AddSet(new NamedSet.Timed("banned_v4", Family.V4));
        var revoked = new Step.AddSet(new NamedSet.Timed("revoked_v4", Family.V4));
        var flush = new Step.FlushChain("prerouting");
        var member = new TimedMember(Ip.parse("192.0.2.66"), Optional.empty(), "ssh");
        var settle = List.<Step>of(new Step.Delete("set", "itsp_v4.next"));

        var kept = TimedMembers.kept(
                new Plan.Update(List.of(revoked), List.of(banned, flush), List.of(), settle),
                set -> set.equals("banned_v4") ? List.of(member) : List.of());

        assertThat(kept.fill()).containsExactly(revoked);
        assertThat(kept.switchOver()).containsExactly(banned, new Step.PutTimed("banned_v4", List.of(member)), flush);
        assertThat(kept.settle()).isEqualTo(settle);
    }
}
