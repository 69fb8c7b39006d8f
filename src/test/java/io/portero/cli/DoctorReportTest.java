package io.portero.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.doctor.Diagnosis;
import io.portero.doctor.HostFinding;
import io.portero.doctor.KernelFinding;
import io.portero.doctor.PolicyFinding;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Help.Ansi;

class DoctorReportTest {
    private static final List<String> LOOKED_AT = List.of("SIP ALG", "the clock");

    private static String text(Diagnosis diagnosis) {
        return new DoctorReport(diagnosis).text(Ansi.OFF);
    }

    @Test
    void groupsSortsAndCounts() {
        var diagnosis = new Diagnosis(
                List.of(
                        new HostFinding.ClockNotKept(),
                        new PolicyFinding.OnlyObserves(),
                        new HostFinding.SshClosed(2222),
                        new KernelFinding.ForwardsForNobody(List.of("net.ipv4.ip_forward"))),
                LOOKED_AT,
                List.of("the tables of others: run as root"));

        assertThat(text(diagnosis)).isEqualTo("""
                Firewall:
                  HINT     The policy is in mode observe.
                    why    What it refuses is counted, but not dropped.
                    fix    mode: enforce

                Kernel:
                  WARNING  This host forwards packets (net.ipv4.ip_forward is 1), but has no
                           containers, virtual machines or tunnels that need it.
                    why    Hosts on the same network can use it as a router, and Portero does
                           not filter packets that are not for this host.
                    fix    echo 'net.ipv4.ip_forward = 0' >> /etc/sysctl.d/99-voice.conf && sysctl -p /etc/sysctl.d/99-voice.conf

                Host:
                  ERROR    sshd listens on 2222/tcp, and no management service has this port.
                    why    Nobody can log in there, and the lockout guard does not protect these
                           sessions.
                    fix    services.ssh: { ports: [2222/tcp], from: [admins], management: true }
                  WARNING  No program synchronizes the clock of this host.
                    why    TLS certificates, call records, bans and log times depend on the
                           clock.
                    fix    apt install systemd-timesyncd && timedatectl set-ntp true; or apt install chrony

                not seen   the tables of others: run as root.
                1 error, 2 warnings, 1 hint; looked at: SIP ALG; the clock.
                """);
    }

    @Test
    void listsWhatWasExaminedWhenThereAreNoFindings() {
        assertThat(text(new Diagnosis(List.of(), LOOKED_AT, List.of())))
                .isEqualTo("all well; looked at: SIP ALG; the clock.\n");
        assertThat(text(new Diagnosis(List.of(), LOOKED_AT, List.of("the tables: run as root"))))
                .endsWith("nothing found; looked at: SIP ALG; the clock.\n")
                .doesNotContain("all well");
    }

    @Test
    void printsTheSameAsJson() {
        var json = new DoctorReport(new Diagnosis(List.of(new HostFinding.SshClosed(2222)), LOOKED_AT, List.of()))
                .json("p.yaml");
        assertThat(json.path("wrong").asBoolean()).isTrue();
        assertThat(json.path("count").path("error").asInt()).isEqualTo(1);
        assertThat(json.path("count").path("hint").asInt()).isZero();
        var finding = json.path("findings").path(0);
        assertThat(finding.path("id").asText()).isEqualTo("ssh-closed");
        assertThat(finding.path("severity").asText()).isEqualTo("error");
        assertThat(finding.path("topic").asText()).isEqualTo("host");
        assertThat(finding.path("mend").asText()).contains("2222/tcp");
    }
}
