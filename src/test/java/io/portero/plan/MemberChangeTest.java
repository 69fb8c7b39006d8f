package io.portero.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.policy.AddressRange;
import io.portero.policy.AddressSet;
import io.portero.policy.Ip;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MemberChangeTest {
    /** Networks of two addresses with gaps between them. */
    private static AddressSet networks(int from, int to) {
        return AddressSet.of(IntStream.range(from, to)
                .mapToObj(i -> range("10." + i / 4096 + "." + i / 16 % 256 + "." + i % 16 * 16))
                .toList());
    }

    private static AddressRange range(String first) {
        try {
            return AddressRange.parse(first + "/31");
        } catch (Ip.NotAnAddress e) {
            throw new AssertionError(e);
        }
    }

    private static Step.ChangeMembers change(AddressSet before, AddressSet after) {
        return (Step.ChangeMembers)
                new MemberChange("itsp_v4", false, before, after).wholly().orElseThrow();
    }

    @Test
    void sendsOnlyTheDifference() {
        var change = change(networks(0, 10_000), networks(20, 10_001));
        assertThat(change.remove()).hasSize(20);
        assertThat(change.add()).hasSize(1);
        assertThat(change.refill()).isEmpty();
        assertThat(PlanPrinter.print(List.of(change)))
                .startsWith("delete element")
                .hasLineCount(2 + 20 + 2 + 1);
    }

    @Test
    void refillsALargeSetInsteadOfDeletingManyMembers() {
        var after = networks(2_000, 10_000);
        var change = change(networks(0, 10_000), after);
        assertThat(change.remove()).hasSize(2_000);
        assertThat(change.refill()).contains(after.ranges());
        assertThat(PlanPrinter.print(List.of(change)))
                .startsWith("flush set inet portero itsp_v4\nadd element inet portero itsp_v4 {\n")
                .hasLineCount(1 + 8_000 + 2);
    }

    @Test
    void emptiesALargeSetWithoutDeletingEachMember() {
        assertThat(PlanPrinter.print(List.of(change(networks(0, 10_000), AddressSet.EMPTY))))
                .isEqualTo("flush set inet portero itsp_v4\n");
    }

    @Test
    void growsALargeSetByItsNewMembers() {
        var change = change(networks(0, 10_000), networks(0, 12_000));
        assertThat(change.add()).hasSize(2_000);
        assertThat(change.refill()).isEmpty();
    }
}
