package io.portero.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class MembershipsTest {
    /** The output of kernel 6.18 with a keepalived on eth1. */
    private static final String IGMP = """
            Idx	Device    : Count Querier	Group    Users Timer	Reporter
            1	lo        :     1      V3
            				010000E0     1 0:00000000		0
            2	eth0      :     2      V3
            				FB0000E0     1 0:00000000		0
            				010000E0     1 0:00000000		0
            3	eth1.100  :     2      V2
            				120000E0     1 0:00000000		1
            				010000E0     1 0:00000000		0
            """;

    private static final String IGMP6 = """
            1    lo              ff020000000000000000000000000001     1 0000000C 0
            3    eth1.100        ff020000000000000000000000000012     1 00000004 0
            3    eth1.100        ff0200000000000000000001ff000001     1 00000004 0
            3    eth1.100        ff010000000000000000000000000001     1 00000008 0
            """;

    @Test
    void readsJoinedGroupsWithoutThoseOfEveryHost() {
        assertThat(Memberships.parse(IGMP.lines().toList(), IGMP6.lines().toList()))
                .extracting(m -> m.on() + " " + m.group() + " " + m.name().orElse(""))
                .containsExactly(
                        "eth0 224.0.0.251 multicast DNS", "eth1.100 224.0.0.18 VRRP", "eth1.100 ff02::12 VRRP");
        assertThat(Memberships.parse(List.of(), List.of("", "nonsense"))).isEmpty();
    }
}
