package io.portero.doctor;

import io.portero.telephony.Installation;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Examines a host and its policy. */
public final class Doctor {
    private Doctor() {}

    public static Diagnosis examine(Subject subject, HostState host) {
        var findings = new ArrayList<Finding>();
        findings.addAll(SipHelperExam.of(host));
        subject.policy().ifPresent(policy -> {
            findings.addAll(new MediaExam(policy, host).findings());
            findings.addAll(new SignallingExam(policy, host).findings());
            findings.addAll(FirewallExam.of(policy, host));
        });
        findings.addAll(FirewallExam.of(subject, host));
        findings.addAll(KernelExam.of(subject, host));
        findings.addAll(HostExam.of(subject, host));
        return new Diagnosis(findings, lookedAt(subject, host), unseen(host));
    }

    private static List<String> lookedAt(Subject subject, HostState host) {
        var all = new ArrayList<String>();
        all.add("SIP helper of the kernel (SIP ALG)");
        var programs = host.voice().stream()
                .filter(i -> i.unreadable().isEmpty())
                .map(i -> i.program().title())
                .distinct()
                .collect(Collectors.joining(", "));
        all.add(programs.isEmpty() ? "telephony programs (none found)" : "ports of " + programs);
        subject.policy()
                .ifPresent(policy -> all.add("control ports, deny, trusted interfaces and names of the policy"));
        all.add("connection tracking, reassembly, receive buffers, forwarding, bridges");
        all.add("table inet portero (" + (host.tables().sealed() ? "sealed" : "not sealed") + ")");
        all.add("chains of other programs, nft, start at boot, sshd, clock, metrics port");
        return all;
    }

    private static List<String> unseen(HostState host) {
        var all = new ArrayList<>(host.unseen());
        for (Installation program : host.voice()) {
            if (!program.unreadable().isEmpty()) {
                all.add("the ports of " + program.program().title() + ": " + String.join(", ", program.unreadable())
                        + " cannot be read; run as root");
            }
        }
        return all;
    }
}
