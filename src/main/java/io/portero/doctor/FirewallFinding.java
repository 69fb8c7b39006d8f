package io.portero.doctor;

import io.portero.policy.PortRange;
import java.util.List;

/** Problems that prevent the firewall from working, or that it causes. */
public sealed interface FirewallFinding extends Finding {
    @Override
    default Topic topic() {
        return Topic.FIREWALL;
    }

    /** @param closed the ports that the policy admits and this chain does not accept */
    record ForeignChainDrops(ForeignBaseChain chain, List<PortRange> closed, String services)
            implements FirewallFinding {
        private static final int SHOWN = 6;

        public ForeignChainDrops {
            closed = List.copyOf(closed);
        }

        @Override
        public Severity severity() {
            return Severity.ERROR;
        }

        @Override
        public String what() {
            return "Chain " + chain.name() + " of another program (hook " + chain.hook() + ", priority "
                    + chain.priority() + ") drops what it does not accept, and no rule in it accepts "
                    + Mend.ports(closed.stream().limit(SHOWN).toList())
                    + (closed.size() > SHOWN ? " and " + (closed.size() - SHOWN) + " more" : "") + " (service "
                    + services
                    + ").";
        }

        @Override
        public String why() {
            return "A packet that one firewall drops is lost, even if the other firewall accepts it.";
        }

        @Override
        public String mend() {
            return chain.remedy(closed);
        }
    }

    /**
     * The kernel forwards a running flow in a flowtable at hook ingress, before any chain (kernel docs,
     * networking/nf_flowtable).
     *
     * @param flowtable its family, table and name
     * @param published whether this host has published ports
     */
    record FlowtablePassesBy(String flowtable, boolean published) implements FirewallFinding {
        @Override
        public Severity severity() {
            return published ? Severity.WARNING : Severity.HINT;
        }

        @Override
        public String what() {
            return "Rules put forwarded flows into flowtable " + flowtable
                    + ", which passes running flows by all chains, Portero's too.";
        }

        @Override
        public String why() {
            return "Running flows to a published port of a container go on after their source was taken away or banned, and"
                    + " their packets are not counted; new flows are judged.";
        }

        @Override
        public String mend() {
            return "delete the rule with \"flow add\" (firewalld: NftablesFlowtable=off in /etc/firewalld/firewalld.conf)";
        }
    }

    /** A systemd service that deletes all tables. */
    record RulesetFlushed() implements FirewallFinding {
        @Override
        public Severity severity() {
            return Severity.WARNING;
        }

        @Override
        public String what() {
            return "nftables.service is enabled, and /etc/nftables.conf flushes the whole ruleset.";
        }

        @Override
        public String why() {
            return "Each start, reload and stop of that service deletes all tables. The agent restores its own"
                    + " table; nobody restores those of containers, fail2ban and others.";
        }

        @Override
        public String mend() {
            return "systemctl disable nftables.service; or change /etc/nftables.conf so that it flushes only"
                    + " its own table";
        }
    }

    /** @param signal the signal that killed nft */
    record NftDies(String program, String version, String signal) implements FirewallFinding {
        @Override
        public Severity severity() {
            return Severity.ERROR;
        }

        @Override
        public String what() {
            return program + (version.isEmpty() ? "" : " " + version) + " dies of a " + signal
                    + " when it lists the ruleset.";
        }

        @Override
        public String why() {
            return "It cannot read a set that a newer nft created, often in a container on the host network."
                    + " The agent then sees changes by other programs late.";
        }

        @Override
        public String mend() {
            return "install the package portero-nft, or name a newer nft with agent.nft: /PATH/TO/nft";
        }
    }

    record NotInForce() implements FirewallFinding {
        @Override
        public Severity severity() {
            return Severity.WARNING;
        }

        @Override
        public String what() {
            return "Portero's table is not in the kernel.";
        }

        @Override
        public String why() {
            return "Nothing is dropped: everybody reaches every program that listens.";
        }

        @Override
        public String mend() {
            return "systemctl enable --now portero.service; or, without the agent: portero apply";
        }
    }
}
