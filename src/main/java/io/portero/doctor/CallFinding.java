package io.portero.doctor;

import io.portero.telephony.VoiceProgram;
import java.util.List;

/** Problems for the signalling of calls. */
public sealed interface CallFinding extends Finding {
    String ALG = "the kernel rewrites addresses in SIP messages that the telephony program has already set"
            + " correctly, so calls are one-way, silent or cut";

    @Override
    default Topic topic() {
        return Topic.CALLS;
    }

    /** @param where the table and chain of the rule */
    record SipHelperRule(String where, boolean iptables) implements CallFinding {
        @Override
        public Severity severity() {
            return Severity.ERROR;
        }

        @Override
        public String what() {
            return "A rule in " + where + " hands SIP packets to the kernel's SIP helper (SIP ALG).";
        }

        @Override
        public String why() {
            return "With it " + ALG + ".";
        }

        @Override
        public String mend() {
            return iptables
                    ? "find it with: iptables-save | grep 'helper sip', and delete it where it comes from (with"
                            + " firewalld: firewall-cmd --permanent --remove-service=sip)"
                    : "find it with: nft -a list ruleset | grep 'ct helper', and delete it where it comes from (with"
                            + " firewalld: firewall-cmd --permanent --remove-service=sip)";
        }
    }

    /** The kernel itself attaches helpers by port, which kernels before 6.0 can do. */
    record SipHelperForAll() implements CallFinding {
        @Override
        public Severity severity() {
            return Severity.ERROR;
        }

        @Override
        public String what() {
            return "The kernel hands everything on port 5060 to its SIP helper (SIP ALG):"
                    + " net.netfilter.nf_conntrack_helper is 1.";
        }

        @Override
        public String why() {
            return "With it " + ALG + ".";
        }

        @Override
        public String mend() {
            return Mend.sysctl("net.netfilter.nf_conntrack_helper", 0);
        }
    }

    /** The modules are loaded, and no rule uses them. */
    record SipHelperLoaded(List<String> modules) implements CallFinding {
        @Override
        public Severity severity() {
            return Severity.HINT;
        }

        @Override
        public String what() {
            return "The SIP helper of the kernel (SIP ALG) is loaded: " + String.join(", ", modules) + ".";
        }

        @Override
        public String why() {
            return "No rule uses it now; as soon as one does, " + ALG + ".";
        }

        @Override
        public String mend() {
            return "modprobe -r " + String.join(" ", modules.reversed())
                    + " && echo 'install nf_conntrack_sip /bin/false' > /etc/modprobe.d/no-sip-helper.conf";
        }
    }

    /**
     * Packets for the SIP ports of a program do not pass.
     *
     * @param others whether another program of this host is reachable for SIP
     * @param place the setting and its file
     * @param mend the line of the policy
     */
    record SignallingClosed(VoiceProgram program, String ports, String place, boolean others, String mend)
            implements CallFinding {
        @Override
        public Severity severity() {
            return others ? Severity.HINT : Severity.WARNING;
        }

        @Override
        public String what() {
            return program.title() + " listens for SIP on " + ports + " (" + place + "), and no service admits that.";
        }

        @Override
        public String why() {
            return others
                    ? "Nobody outside this host can call it directly; this may be intended."
                    : "Nobody outside this host can call in.";
        }
    }

    /** Every source can reach the SIP ports, without a limit. */
    record SignallingOpen(VoiceProgram program, String service, String ports) implements CallFinding {
        @Override
        public Severity severity() {
            return Severity.HINT;
        }

        @Override
        public String what() {
            return "Everybody can reach SIP of " + program.title() + " on " + ports + " without a limit (service "
                    + service + ").";
        }

        @Override
        public String why() {
            return "Scanners try extensions and passwords all the time; with a guessed one they call at your"
                    + " expense.";
        }

        @Override
        public String mend() {
            return "services." + service + ".from: [GROUP]; or, if phones connect from anywhere, services." + service
                    + ".limit: { rate: 20/second, burst: 40, ban: 10m }";
        }
    }

    /**
     * Every source that reaches the port controls the program.
     *
     * @param setting the setting that binds it to loopback
     */
    record ControlOpen(String what, String port, String services, String setting) implements CallFinding {
        @Override
        public Severity severity() {
            return Severity.ERROR;
        }

        @Override
        public String what() {
            return "Everybody can reach " + port + ", which is " + what + " (service " + services + " admits it).";
        }

        @Override
        public String why() {
            return "Anybody who reaches it can make calls, listen to them or end them.";
        }

        @Override
        public String mend() {
            return (setting.isEmpty() ? "" : setting + "; or ") + "leave " + port + " out of services." + services
                    + ".ports";
        }
    }

    /** @param seconds the time after which the kernel forgets a call that is silent in both directions */
    record SilentCallsForgotten(long seconds, long proposed, String services, boolean tooShort) implements CallFinding {
        @Override
        public Severity severity() {
            return tooShort ? Severity.WARNING : Severity.HINT;
        }

        @Override
        public String what() {
            return "The kernel forgets a UDP flow after " + seconds + " seconds of silence"
                    + " (net.netfilter.nf_conntrack_udp_timeout_stream).";
        }

        @Override
        public String why() {
            return tooShort
                    ? "Keepalives of trunks and phones, often every 60 seconds or slower, come too late: the"
                            + " next packet of the other side starts a new flow, which is dropped unless a"
                            + " service admits its source."
                    : "A call on hold, or signalling between two session timers of 15 minutes, is silent for"
                            + " longer; if its carrier is removed from the policy, the call does not drain but"
                            + " is cut (service "
                            + services
                            + ").";
        }

        @Override
        public String mend() {
            return Mend.sysctl("net.netfilter.nf_conntrack_udp_timeout_stream", proposed);
        }
    }

    /** Media in only one direction gets no answer, so the shorter timeout applies. */
    record OneWayForgotten(long seconds, long proposed) implements CallFinding {
        @Override
        public Severity severity() {
            return Severity.WARNING;
        }

        @Override
        public String what() {
            return "The kernel forgets a UDP flow without an answer after " + seconds + " seconds"
                    + " (net.netfilter.nf_conntrack_udp_timeout).";
        }

        @Override
        public String why() {
            return "One-way media and slow answers to an INVITE then start a new flow.";
        }

        @Override
        public String mend() {
            return Mend.sysctl("net.netfilter.nf_conntrack_udp_timeout", proposed);
        }
    }
}
