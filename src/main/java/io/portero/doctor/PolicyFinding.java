package io.portero.doctor;

import io.portero.policy.DenyCoverage;
import io.portero.policy.OutgoingNeeds;
import io.portero.policy.Uplink;
import java.util.Locale;

/** Problems in the policy. */
public sealed interface PolicyFinding extends Finding {
    @Override
    default Topic topic() {
        return Topic.FIREWALL;
    }

    record PolicyRefused(String file, int problems) implements PolicyFinding {
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
            return "It is not in force. The last confirmed policy is in force, if there is one.";
        }

        @Override
        public String mend() {
            return "portero check " + file;
        }
    }

    record PolicyHasWarnings(String file, int warnings) implements PolicyFinding {
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
            return "A line of it may not mean what you expect.";
        }

        @Override
        public String mend() {
            return "portero check " + file;
        }
    }

    record OnlyObserves() implements PolicyFinding {
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
            return "What it refuses is counted, but not dropped.";
        }

        @Override
        public String mend() {
            return "mode: enforce";
        }
    }

    /** @param byAccident whether the policy does not allow this explicitly */
    record UplinkTrusted(Uplink uplink, boolean byAccident) implements PolicyFinding {
        @Override
        public Severity severity() {
            return byAccident ? Severity.ERROR : Severity.HINT;
        }

        @Override
        public String what() {
            return "Traffic from the Internet comes in by " + uplink.name() + " (it " + uplink.why()
                    + "), and trusted-interfaces trusts it (\""
                    + uplink.trustedBy().map(Object::toString).orElse("") + "\").";
        }

        @Override
        public String why() {
            return "Nothing that comes in by it is filtered.";
        }

        @Override
        public String mend() {
            return "name only bridges of containers in trusted-interfaces, such as [docker0]"
                    + (byAccident ? "; or, if this is intended, set safety.trust-uplink: true" : "");
        }
    }

    /** @param kind interface or address */
    record Nowhere(String key, String kind, String word) implements PolicyFinding {
        @Override
        public Severity severity() {
            return Severity.HINT;
        }

        @Override
        public String what() {
            return key + " names " + word + ", but this host has no such " + kind + " now.";
        }

        @Override
        public String why() {
            return "Until there is one, nobody is admitted there.";
        }

        @Override
        public String mend() {
            return "unless it is added later, correct " + key + "; ip -brief address lists them";
        }
    }

    /** The default of outgoing is drop, and traffic that the host needs is not admitted. */
    record OutgoingShuts(OutgoingNeeds.Need need) implements PolicyFinding {
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

    record DenyCovers(DenyCoverage.Cover cover) implements PolicyFinding {
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

    /** A control port or a store that does not belong to a telephony program. */
    record DelicateOpen(String what, String port, String services) implements PolicyFinding {
        @Override
        public Severity severity() {
            return Severity.ERROR;
        }

        @Override
        public String what() {
            return "Everybody can reach " + what + " on " + port + " (service " + services + ").";
        }

        @Override
        public String why() {
            return "Anybody who reaches it can read or control what is behind it.";
        }

        @Override
        public String mend() {
            return "services." + services + ".from: [GROUP], or leave " + port + " out of its ports; portero exposure"
                    + " shows all";
        }
    }
}
