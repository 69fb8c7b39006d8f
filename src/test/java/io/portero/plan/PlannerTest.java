package io.portero.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.compile.PolicyCompiler;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Examples of changes, each with a source that neither policy admits or that both admit. */
class PlannerTest {
    private static final String A = "198.51.100.1";
    private static final String B = "198.51.100.2";
    private static final String C = "198.51.100.3";

    @Test
    void aNewMemberNeverReachesAPortThatItsServiceLoses() {
        var walk = Walk.between(
                "services: { ssh: { ports: [22/tcp, 5432/tcp], from: [" + A + "] } }",
                "services: { ssh: { ports: [22/tcp], from: [" + A + ", " + B + "] } }");
        assertThat(walk.never(B + " 5432/tcp")).isTrue();
        assertThat(walk.always(A + " 22/tcp")).isTrue();
        assertThat(walk.transactions()).hasSize(4);
    }

    @Test
    void aRemovedMemberNeverReachesAPortThatItsServiceGains() {
        var walk = Walk.between(
                "services: { ssh: { ports: [22/tcp], from: [" + A + ", " + B + "] } }",
                "services: { ssh: { ports: [22/tcp, 5432/tcp], from: [" + A + "] } }");
        assertThat(walk.never(B + " 5432/tcp")).isTrue();
        assertThat(walk.always(A + " 22/tcp")).isTrue();
    }

    @Test
    void membersOfServicesThatSwapPortsReachOnlyTheirOwn() {
        var walk = Walk.between("""
                services:
                  red: { ports: [1/tcp], from: [198.51.100.1, 198.51.100.3] }
                  blue: { ports: [2/tcp], from: [198.51.100.2] }
                """, """
                services:
                  red: { ports: [2/tcp], from: [198.51.100.1] }
                  blue: { ports: [1/tcp], from: [198.51.100.2, 198.51.100.3] }
                """);
        assertThat(walk.never(C + " 2/tcp")).isTrue();
        assertThat(walk.always(C + " 1/tcp")).isTrue();
    }

    @Test
    void aMemberThatMovesBetweenGroupsWithItsPortIsNeverLost() {
        var walk = Walk.between("""
                groups: { g: [198.51.100.1, 198.51.100.3], h: [198.51.100.2] }
                services: { red: { ports: [1/tcp, 2/tcp], from: [g] }, blue: { ports: [3/tcp], from: [h] } }
                """, """
                groups: { g: [198.51.100.1], h: [198.51.100.2, 198.51.100.3] }
                services: { red: { ports: [3/tcp], from: [g] }, blue: { ports: [1/tcp, 2/tcp], from: [h] } }
                """);
        assertThat(walk.always(C + " 1/tcp")).isTrue();
        assertThat(walk.never(C + " 3/tcp")).isTrue();
    }

    @Test
    void membersOfOverlappingServicesNeverReachThePortsOfTheOther() {
        var walk = Walk.between("""
                services:
                  low: { ports: [100-200/udp], from: [198.51.100.1] }
                  high: { ports: [150-300/udp], from: [198.51.100.2] }
                """, """
                services:
                  low: { ports: [100-160/udp], from: [198.51.100.1, 198.51.100.3] }
                  high: { ports: [155-300/udp], from: [198.51.100.2] }
                """);
        assertThat(walk.never(C + " 161/udp")).isTrue();
        assertThat(walk.never(A + " 201/udp")).isTrue();
        assertThat(walk.always(A + " 158/udp")).isTrue();
        assertThat(walk.always(B + " 158/udp")).isTrue();
    }

    @Test
    void aNewMemberOfAGroupNeverGetsAccessThatTheGroupLoses() {
        var walk = Walk.between("""
                groups: { g: [198.51.100.1] }
                services: { web: { ports: [443/tcp], from: [g] }, db: { ports: [5432/tcp], from: [g] } }
                ping: [g]
                """, """
                groups: { g: [198.51.100.1, 198.51.100.2] }
                services: { web: { ports: [443/tcp], from: [g] }, db: { ports: [5432/tcp], from: [g], enabled: false } }
                ping: [198.51.100.1]
                """);
        assertThat(walk.never(B + " 5432/tcp")).isTrue();
        assertThat(walk.never(B + " ping")).isTrue();
        assertThat(walk.always(A + " ping")).isTrue();
    }

    @Test
    void aSourceThatJoinsAServiceWhenItsGroupIsDeniedIsNeverAdmitted() {
        var walk = Walk.between("""
                groups: { bad: [198.51.100.2], g: [198.51.100.1] }
                services: { web: { ports: [443/tcp], from: [g] } }
                """, """
                groups: { bad: [198.51.100.2], g: [198.51.100.1, 198.51.100.2] }
                services: { web: { ports: [443/tcp], from: [g] } }
                deny: [bad]
                """);
        assertThat(walk.never(B + " 443/tcp")).isTrue();
    }

    @Test
    void aSourceThatLeavesDenyAndAServiceIsNeverAdmitted() {
        var walk = Walk.between("""
                groups: { bad: [198.51.100.2], g: [198.51.100.1, 198.51.100.2] }
                services: { web: { ports: [443/tcp], from: [g] } }
                deny: [bad]
                """, """
                groups: { bad: [198.51.100.2], g: [198.51.100.1] }
                services: { web: { ports: [443/tcp], from: [g] } }
                """);
        assertThat(walk.never(B + " 443/tcp")).isTrue();
    }

    @Test
    void aGroupInDenyAndInAServiceIsNeverAdmitted() {
        var walk = Walk.between("""
                groups: { g: [198.51.100.1] }
                services: { web: { ports: [443/tcp], from: [g] }, db: { ports: [5432/tcp], from: [any] } }
                deny: [g]
                """, """
                groups: { g: [198.51.100.2] }
                services: { web: { ports: [443/tcp, 80/tcp], from: [g] }, db: { ports: [5432/tcp], from: [any] } }
                deny: [g]
                """);
        assertThat(walk.never(A + " 443/tcp")).isTrue();
        assertThat(walk.never(B + " 80/tcp")).isTrue();
        assertThat(walk.always(C + " 5432/tcp")).isTrue();
    }

    @Test
    void aChangeToModeObserveDeniesNobodyForAMoment() {
        var walk = Walk.between("""
                groups: { bad: [198.51.100.2] }
                services: { web: { ports: [443/tcp], from: [any] } }
                deny: [bad]
                """, """
                mode: observe
                groups: { bad: [198.51.100.1, 198.51.100.2] }
                services: { web: { ports: [443/tcp], from: [any] } }
                deny: [bad]
                """);
        assertThat(walk.always(A + " 443/tcp")).isTrue();
    }

    @Test
    void aTrustedInterfaceStaysTrustedWhileMembersChange() {
        var walk = Walk.between("""
                services: { ssh: { ports: [22/tcp], from: [198.51.100.1] } }
                trusted-interfaces: [wg0, wg1]
                """, """
                services: { ssh: { ports: [22/tcp, 23/tcp], from: [198.51.100.2] } }
                trusted-interfaces: [wg0]
                """);
        assertThat(walk.states())
                .allMatch(
                        s -> new Interpreter(s).admits(Walk.packet(C + " 9/udp").by("wg0")));
        assertThat(walk.never(C + " 22/tcp")).isTrue();
    }

    private static String crowd(int hosts, String ports) {
        return "services: { sip: { ports: [" + ports + "], from: [198.51.100.1, 10.0.0.0/8"
                + IntStream.range(0, hosts)
                        .mapToObj(i -> ", 192.0." + i / 100 + "." + 2 * (i % 100))
                        .collect(Collectors.joining())
                + "] } }";
    }

    @Test
    void aMemberThatMovesBetweenIntervalSetAndHashSetIsNeverLost() {
        var few = crowd(100, "5060/udp");
        var many = crowd(300, "5060/udp");
        for (var walk : new Walk[] {Walk.between(few, many), Walk.between(many, few)}) {
            assertThat(walk.always(A + " 5060/udp")).isTrue();
            assertThat(walk.always("10.1.2.3 5060/udp")).isTrue();
            assertThat(walk.transactions()).hasSize(3);
        }
    }

    @Test
    void renamingAGroupTakesThreeTransactions() {
        var walk = Walk.between(
                "groups: { g: [198.51.100.1] }\nservices: { ssh: { ports: [22/tcp], from: [g] } }",
                "groups: { h: [198.51.100.1] }\nservices: { ssh: { ports: [22/tcp], from: [h] } }");
        assertThat(walk.always(A + " 22/tcp")).isTrue();
        assertThat(walk.transactions()).hasSize(3);
    }

    @Test
    void newMembersOfAnUnchangedServiceNeedNoFourthTransaction() {
        var walk = Walk.between("services: { ssh: { ports: [22/tcp], from: [198.51.100.1, 198.51.100.3] } }", """
                services:
                  ssh: { ports: [22/tcp], from: [198.51.100.1, 198.51.100.2] }
                  web: { ports: [443/tcp], from: [any] }
                """);
        assertThat(walk.always(A + " 22/tcp")).isTrue();
        assertThat(walk.admits(B + " 22/tcp")).containsExactly(false, true, true, true);
        assertThat(walk.admits(C + " 22/tcp")).containsExactly(true, true, true, false);
    }

    @Test
    void membersChangeInOneTransactionThatAddsToDenyFirstAndRemovesFromDenyLast() {
        var walk = Walk.between("""
                groups: { a: [198.51.100.1], bad: [198.51.100.3], worse: [198.51.100.9] }
                services: { ssh: { ports: [22/tcp], from: [a, 198.51.100.4] } }
                deny: [bad, worse]
                """, """
                groups: { a: [198.51.100.1, 198.51.100.2], bad: [198.51.100.3, 198.51.100.2], worse: [] }
                services: { ssh: { ports: [22/tcp], from: [a, 198.51.100.5] } }
                deny: [bad, worse]
                """);
        assertThat(walk.transactions()).hasSize(1);
        assertThat(walk.transactions().getFirst())
                .extracting(step -> ((Step.ChangeMembers) step).set())
                .containsExactly("bad_v4", "a_v4", "service_ssh.from_v4", "worse_v4");
    }

    @Test
    void aDestinationAddedToAServiceAndToRefuseIsNeverLost() {
        var before = """
                groups: { g: [198.51.100.1], bad: [198.51.100.9] }
                services: { ssh: { ports: [22/tcp], from: [any] } }
                outgoing:
                  services: { relay: { ports: [25/tcp], to: [g] } }
                  refuse: { spam: { ports: [25/tcp], to: [bad] } }
                """;
        var after = before.replace("g: [198.51.100.1]", "g: [198.51.100.1, 198.51.100.2]")
                .replace("198.51.100.9]", "198.51.100.9, 198.51.100.2]");
        var walk = Walk.between(before, after);
        assertThat(walk.transactions()).hasSize(1);
        assertThat(walk.transactions().getFirst())
                .extracting(step -> ((Step.ChangeMembers) step).set())
                .containsExactly("g_v4", "bad_v4");
    }

    @Test
    void chainsForOutgoingAreAddedAndRemovedInTheSwitchTransaction() {
        var without = "services: { ssh: { ports: [22/tcp], from: [any] } }";
        var with =
                without + "\noutgoing: { default: drop, services: { dns: { ports: [53/udp], to: [198.51.100.1] } } }";
        var leaving = Walk.packet(C + " 53/udp").along(Packet.Path.OUT);
        var admitted = Walk.packet(A + " 53/udp").along(Packet.Path.CONTAINER);
        var on = Walk.between(without, with).states();
        assertThat(on.stream().map(s -> new Interpreter(s).admits(leaving))).containsExactly(true, true, false);
        assertThat(on).allMatch(s -> new Interpreter(s).admits(admitted));
        var off = Walk.between(with, without).states();
        assertThat(off.stream().map(s -> new Interpreter(s).admits(leaving))).containsExactly(false, true, true);
    }

    @Test
    void theSamePolicyNeedsNoTransaction() {
        var policy = "services: { ssh: { ports: [22/tcp], from: [198.51.100.1] } }";
        assertThat(Walk.between(policy, policy).transactions()).isEmpty();
    }

    @Test
    void setsOfFailedPlansDoNotAccumulate() {
        var before = "services: { ssh: { ports: [22/tcp, 23/tcp], from: [198.51.100.1] } }";
        var table = Walk.fresh(before);
        for (int i = 0; i < 5; i++) {
            table = Walk.on(table, before.replace(", 23/tcp", "").replace(".1]", ".1, 198.51.100." + (9 + i) + "]"))
                    .states()
                    .get(1);
        }
        assertThat(table.sets().keySet()).filteredOn(s -> s.contains(".next")).hasSize(1);
        assertThat(Walk.on(table, before).states().getLast()).isEqualTo(Walk.fresh(before));
    }

    @Test
    void thePlanDescribesChangesWithoutItsTemporaryObjects() {
        var table = Walk.fresh("services: { ssh: { ports: [22/tcp, 23/tcp], from: [198.51.100.1] } }");
        var after = "services: { ssh: { ports: [22/tcp], from: [198.51.100.1, 192.0.2.2] } }";
        var plan =
                Planner.plan(PolicyCompiler.compile(Walk.policy(after)), table, KnownRules.NONE, IntervalSets.IN_PLACE);
        assertThat(PlanInWords.of(plan))
                .contains("change set service_ssh.from_v4: add 192.0.2.2")
                .noneMatch(line -> line.contains(".next"))
                .doesNotHaveDuplicates();
        assertThat(PlanInWords.brief(plan)).isEqualTo(PlanInWords.of(plan));
    }

    @Test
    void theFirstPlanOfAHostIsSaidInAFewLines() {
        var ruleset =
                PolicyCompiler.compile(Walk.policy("services: { ssh: { ports: [22/tcp], from: [198.51.100.1] } }"));
        var plan = Planner.plan(ruleset, Snapshot.ABSENT, KnownRules.NONE, IntervalSets.IN_PLACE);
        assertThat(PlanInWords.of(plan)).hasSizeGreaterThan(40);
        assertThat(PlanInWords.brief(plan))
                .hasSizeLessThan(16)
                .contains("add table inet portero", "add " + ruleset.counters().size() + " counters");
    }
}
