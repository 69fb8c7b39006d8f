package io.portero.doctor;

import io.portero.policy.Ip;
import java.util.List;
import java.util.stream.Collectors;

/** Problems in the kernel's settings and counters. */
public sealed interface KernelFinding extends Finding {
    @Override
    default Topic topic() {
        return Topic.KERNEL;
    }

    /** @param calls the number of running calls, as far as they can be counted */
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
            return "When it is full, the kernel drops new calls and logins, even if the policy admits them.";
        }

        @Override
        public String mend() {
            return Mend.sysctl("net.netfilter.nf_conntrack_max", limit * 4);
        }
    }

    /** The kernel has already dropped flows. */
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
            return "Each time, the kernel dropped a packet that the policy admits, or forgot another flow.";
        }

        @Override
        public String mend() {
            return Mend.sysctl("net.netfilter.nf_conntrack_max", limit * 4);
        }
    }

    /** @param needed the number of entries for calls at all media ports */
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
            return "On a busy day this table is full before all ports are in use, and then the kernel drops"
                    + " new calls and logins.";
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
            return failed + " packets of " + family + " could not be reassembled (of " + fragments
                    + " fragments since this host was started).";
        }

        @Override
        public String why() {
            return "A large INVITE over UDP comes in fragments; when one is missing, the call never arrives.";
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
            return "Lost datagrams mean gaps in the voice, and INVITEs that are sent again.";
        }

        @Override
        public String mend() {
            return "echo 'net.core.rmem_default = 1048576' >> /etc/sysctl.d/99-voice.conf && sysctl -p"
                    + " /etc/sysctl.d/99-voice.conf, and restart the telephony programs";
        }
    }

    /** The host forwards packets although it has no containers. */
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
                    + "), but has no containers, virtual machines or tunnels that need it.";
        }

        @Override
        public String why() {
            return "Hosts on the same network can use it as a router, and Portero does not filter packets that"
                    + " are not for this host.";
        }

        @Override
        public String mend() {
            return keys.stream().map(k -> Mend.sysctl(k, 0)).collect(Collectors.joining(" && "));
        }
    }

    /** The kernel added these addresses by itself. */
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
                    + ", the anycast address that a router has in each of its IPv6 networks, because it"
                    + " forwards IPv6.";
        }

        @Override
        public String why() {
            return "Programs that listen on all addresses can be reached there too. Portero filters it like"
                    + " the other addresses; other firewalls may not.";
        }

        @Override
        public String mend() {
            return Mend.sysctl("net.ipv6.conf.all.forwarding", 0) + ", if nothing here needs it";
        }
    }

    /** An upgrade removed the modules of the running kernel. */
    record ModulesRemoved(String release) implements KernelFinding {
        @Override
        public Severity severity() {
            return Severity.WARNING;
        }

        @Override
        public String what() {
            return "The running kernel has lost its modules: /lib/modules/" + release
                    + " does not exist, as after an upgrade of the kernel.";
        }

        @Override
        public String why() {
            return "A part of nftables that was not used since the boot cannot be loaded. Then nft refuses an edit"
                    + " that needs it, with \"No such file or directory\".";
        }

        @Override
        public String mend() {
            return "reboot into the new kernel";
        }
    }

    /** Bridged packets are judged as packets to this host. */
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
            return "Traffic that only passes through the bridge " + String.join(", ", bridges)
                    + " goes through this firewall too (net.bridge.bridge-nf-call-iptables is 1), and the bridge is not"
                    + " trusted.";
        }

        @Override
        public String why() {
            return "The firewall may drop packets between virtual machines or containers that are not for this host.";
        }

        @Override
        public String mend() {
            return Mend.sysctl("net.bridge.bridge-nf-call-iptables", 0) + "; or trusted-interfaces: [\""
                    + String.join("\", \"", bridges) + "\"], if it does not lead to the Internet";
        }
    }
}
