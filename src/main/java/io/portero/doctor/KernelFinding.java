package io.portero.doctor;

import io.portero.policy.Ip;
import java.util.List;
import java.util.stream.Collectors;

/** What hurts in the kernel's own settings and counters. */
public sealed interface KernelFinding extends Finding {
    @Override
    default Topic topic() {
        return Topic.KERNEL;
    }

    /** @param calls that are going on now, as far as they can be counted */
    record ConntrackFull(long entries, long limit, long calls) implements KernelFinding {
        private static final int NEARLY = 90;

        @Override
        public Severity severity() {
            return entries * 100 >= limit * NEARLY ? Severity.ERROR : Severity.WARNING;
        }

        @Override
        public String what() {
            return "Connection tracking holds " + entries + " of " + limit + " flows"
                    + (calls > 0 ? ", with about " + calls + " calls going on" : "") + ".";
        }

        @Override
        public String why() {
            return "When it is full, the kernel drops new calls and logins, whatever the policy says.";
        }

        @Override
        public String mend() {
            return Mend.sysctl("net.netfilter.nf_conntrack_max", limit * 4);
        }
    }

    /** It has dropped already. */
    record ConntrackOverflowed(long dropped, long limit) implements KernelFinding {
        @Override
        public Severity severity() {
            return Severity.WARNING;
        }

        @Override
        public String what() {
            return "Connection tracking was full " + dropped + " times since this host was started (its limit is "
                    + limit + ").";
        }

        @Override
        public String why() {
            return "Each time the kernel dropped a packet that the policy admits, or forgot another flow for it.";
        }

        @Override
        public String mend() {
            return Mend.sysctl("net.netfilter.nf_conntrack_max", limit * 4);
        }
    }

    /** @param needed for all calls that the ranges have ports for */
    record ConntrackSmall(long limit, long needed) implements KernelFinding {
        @Override
        public Severity severity() {
            return Severity.HINT;
        }

        @Override
        public String what() {
            return "Connection tracking can hold " + limit + " flows, and calls on all ports for voice would need "
                    + needed + ".";
        }

        @Override
        public String why() {
            return "On a busy day it would be full before the ports are, and then new calls and logins are dropped.";
        }

        @Override
        public String mend() {
            return Mend.sysctl("net.netfilter.nf_conntrack_max", Math.max(262_144, Long.highestOneBit(needed) * 4));
        }
    }

    /** @param family {@code IPv4} or {@code IPv6} */
    record ReassemblyFails(String family, long failed, long fragments) implements KernelFinding {
        @Override
        public Severity severity() {
            return Severity.WARNING;
        }

        @Override
        public String what() {
            return failed + " packets of " + family + " that came in pieces could not be put together (of " + fragments
                    + " pieces since this host was started).";
        }

        @Override
        public String why() {
            return "A large INVITE over UDP comes in pieces, and where a piece is missing the call is never heard of.";
        }

        @Override
        public String mend() {
            return "let the carrier and the phones use SIP over TCP or TLS, or fewer codecs; and "
                    + Mend.sysctl(
                            family.equals("IPv4") ? "net.ipv4.ipfrag_high_thresh" : "net.ipv6.ip6frag_high_thresh",
                            8_388_608);
        }
    }

    /** @param family {@code IPv4} or {@code IPv6} */
    record ReceiveBuffersFull(String family, long lost, long received) implements KernelFinding {
        @Override
        public Severity severity() {
            return Severity.WARNING;
        }

        @Override
        public String what() {
            return lost + " datagrams of UDP over " + family + " were dropped because a program read too slowly (of "
                    + received + " since this host was started).";
        }

        @Override
        public String why() {
            return "Lost datagrams are gaps in the voice and INVITEs that are sent again.";
        }

        @Override
        public String mend() {
            return "echo 'net.core.rmem_default = 1048576' >> /etc/sysctl.d/99-voice.conf && sysctl -p"
                    + " /etc/sysctl.d/99-voice.conf, and restart the telephony programs";
        }
    }

    /** It forwards packets though it has no containers. */
    record ForwardsForNobody(List<String> keys) implements KernelFinding {
        public ForwardsForNobody {
            keys = List.copyOf(keys);
        }

        @Override
        public Severity severity() {
            return Severity.WARNING;
        }

        @Override
        public String what() {
            return "This host forwards packets ("
                    + keys.stream().map(k -> k + " is 1").collect(Collectors.joining(", "))
                    + "), and has no containers, virtual machines or tunnels to forward for.";
        }

        @Override
        public String why() {
            return "Its neighbours can use it as a router, and packets that are not for this host are not Portero's to"
                    + " judge.";
        }

        @Override
        public String mend() {
            return keys.stream().map(k -> Mend.sysctl(k, 0)).collect(Collectors.joining(" && "));
        }
    }

    /** Addresses that the kernel added by itself. */
    record AnycastAddresses(List<Ip> addresses) implements KernelFinding {
        public AnycastAddresses {
            addresses = List.copyOf(addresses);
        }

        @Override
        public Severity severity() {
            return Severity.HINT;
        }

        @Override
        public String what() {
            return "This host also answers at "
                    + addresses.stream().limit(3).map(Ip::toString).collect(Collectors.joining(", "))
                    + (addresses.size() > 3 ? " and " + (addresses.size() - 3) + " more" : "")
                    + ", the anycast address of each IPv6 network of a router, since it forwards IPv6.";
        }

        @Override
        public String why() {
            return "Programs that listen on all addresses are reached there too; Portero judges it like the other"
                    + " addresses, other firewalls may not.";
        }

        @Override
        public String mend() {
            return Mend.sysctl("net.ipv6.conf.all.forwarding", 0) + ", if nothing here needs it";
        }
    }

    /** What passes a bridge is judged as if it were for this host. */
    record BridgedPacketsJudged(List<String> bridges) implements KernelFinding {
        public BridgedPacketsJudged {
            bridges = List.copyOf(bridges);
        }

        @Override
        public Severity severity() {
            return Severity.WARNING;
        }

        @Override
        public String what() {
            return "What only passes the bridge " + String.join(", ", bridges)
                    + " goes through this firewall too (net.bridge.bridge-nf-call-iptables is 1), and the bridge is not"
                    + " trusted.";
        }

        @Override
        public String why() {
            return "Packets between virtual machines or containers may be dropped that were never for this host.";
        }

        @Override
        public String mend() {
            return Mend.sysctl("net.bridge.bridge-nf-call-iptables", 0) + "; or trusted-interfaces: [\""
                    + String.join("\", \"", bridges) + "\"], if the Internet does not come in by it";
        }
    }
}
