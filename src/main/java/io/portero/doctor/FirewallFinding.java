package io.portero.doctor;

import io.portero.policy.DenyCoverage;
import io.portero.policy.OutgoingNeeds;
import io.portero.policy.PortRange;
import io.portero.policy.Uplink;
import java.util.List;
import java.util.Locale;

/** What hurts the firewall, or what the firewall hurts. */
public sealed interface FirewallFinding extends Finding {
    @Override
    default Topic topic() {
        return Topic.FIREWALL;
    }

    /** @param closed what the policy admits and this chain does not accept */
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
                    + chain.priority() + ") drops what it does not accept, and has no rule that accepts "
                    + Mend.ports(closed.stream().limit(SHOWN).toList())
                    + (closed.size() > SHOWN ? " and " + (closed.size() - SHOWN) + " more" : "") + " (service "
                    + services
                    + ").";
        }

        @Override
        public String why() {
            return "What one firewall drops stays dropped, whatever the other lets in.";
        }

        @Override
        public String mend() {
            return chain.remedy(closed);
        }
    }

    /** A service of systemd that deletes all tables. */
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
            return "Each start, reload and stop of it deletes every table; the agent puts its own back, nobody puts back"
                    + " those of containers, fail2ban and others.";
        }

        @Override
        public String mend() {
            return "systemctl disable nftables.service; or let it flush its own table only";
        }
    }

    /** @param signal what killed it */
    record NftDies(String program, String version, String signal) implements FirewallFinding {
        @Override
        public Severity severity() {
            return Severity.ERROR;
        }

        @Override
        public String what() {
            return program + (version.isEmpty() ? "" : " " + version) + " dies of a " + signal
                    + " when it lists what is in the kernel.";
        }

        @Override
        public String why() {
            return "It cannot read a set that a newer nft made, often in a container on the host network; changes by"
                    + " other programs are then seen late.";
        }

        @Override
        public String mend() {
            return "install the package portero-nft, or name a newer nft with agent.nft: /PATH/TO/nft";
        }
    }

    record PolicyRefused(String file, int problems) implements FirewallFinding {
        @Override
        public Severity severity() {
            return Severity.ERROR;
        }

        @Override
        public String what() {
            return file + " is refused, with " + problems + (problems == 1 ? " problem." : " problems.");
        }

        @Override
        public String why() {
            return "It is not in force; the last confirmed policy is, or none.";
        }

        @Override
        public String mend() {
            return "portero check " + file;
        }
    }

    record PolicyHasWarnings(String file, int warnings) implements FirewallFinding {
        @Override
        public Severity severity() {
            return Severity.HINT;
        }

        @Override
        public String what() {
            return file + " has " + warnings + (warnings == 1 ? " warning" : " warnings") + " besides.";
        }

        @Override
        public String why() {
            return "A line of it may not mean what it seems to say.";
        }

        @Override
        public String mend() {
            return "portero check " + file;
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
            return "Nothing is refused: whoever can send here reaches everything that listens.";
        }

        @Override
        public String mend() {
            return "systemctl enable --now portero.service; or, without the agent: portero apply";
        }
    }

    record OnlyObserves() implements FirewallFinding {
        @Override
        public Severity severity() {
            return Severity.HINT;
        }

        @Override
        public String what() {
            return "The policy is in mode observe.";
        }

        @Override
        public String why() {
            return "What it refuses is counted and gets through all the same.";
        }

        @Override
        public String mend() {
            return "mode: enforce";
        }
    }

    /** @param byAccident whether nobody wrote that it may be */
    record UplinkTrusted(Uplink uplink, boolean byAccident) implements FirewallFinding {
        @Override
        public Severity severity() {
            return byAccident ? Severity.ERROR : Severity.HINT;
        }

        @Override
        public String what() {
            return "The Internet comes in by " + uplink.name() + " (it " + uplink.why()
                    + "), and trusted-interfaces trusts it (\""
                    + uplink.trustedBy().map(Object::toString).orElse("") + "\").";
        }

        @Override
        public String why() {
            return "Nothing that comes in by it is filtered.";
        }

        @Override
        public String mend() {
            return "name only the bridges of containers in trusted-interfaces, such as [docker0]"
                    + (byAccident ? "; or, if it is meant, safety.trust-uplink: true" : "");
        }
    }

    /** @param kind interface or address */
    record Nowhere(String key, String kind, String word) implements FirewallFinding {
        @Override
        public Severity severity() {
            return Severity.HINT;
        }

        @Override
        public String what() {
            return key + " names " + word + ", and this host has no such " + kind + " now.";
        }

        @Override
        public String why() {
            return "Nobody comes in there until there is one.";
        }

        @Override
        public String mend() {
            return "if it is not to come later, correct " + key + "; ip -brief address shows what there is";
        }
    }

    /** The default of outgoing is to drop, and something that the host needs is not admitted. */
    record OutgoingShuts(OutgoingNeeds.Need need) implements FirewallFinding {
        @Override
        public Severity severity() {
            return Severity.WARNING;
        }

        @Override
        public String what() {
            return "Nothing may leave to " + need.what() + ".";
        }

        @Override
        public String why() {
            return need.consequence().substring(0, 1).toUpperCase(Locale.ROOT)
                    + need.consequence().substring(1) + ".";
        }

        @Override
        public String mend() {
            return need.mend();
        }
    }

    record DenyCovers(DenyCoverage.Cover cover) implements FirewallFinding {
        @Override
        public Severity severity() {
            return Severity.ERROR;
        }

        @Override
        public String what() {
            return "deny covers " + cover.whom() + ".";
        }

        @Override
        public String why() {
            return cover.consequence().substring(0, 1).toUpperCase(Locale.ROOT)
                    + cover.consequence().substring(1) + ".";
        }

        @Override
        public String mend() {
            return cover.mend();
        }
    }

    /** Something that steers or stores, and is no part of a telephony program. */
    record DelicateOpen(String what, String port, String services) implements FirewallFinding {
        @Override
        public Severity severity() {
            return Severity.ERROR;
        }

        @Override
        public String what() {
            return "Anybody can reach " + what + " on " + port + " (service " + services + ").";
        }

        @Override
        public String why() {
            return "Whoever reaches it can read or steer what is behind it.";
        }

        @Override
        public String mend() {
            return "services." + services + ".from: [GROUP], or leave " + port + " out of its ports; portero exposure"
                    + " shows all";
        }
    }
}
