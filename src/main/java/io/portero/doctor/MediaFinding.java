package io.portero.doctor;

import io.portero.policy.PortRange;
import io.portero.telephony.Use;
import io.portero.telephony.VoiceProgram;
import java.util.List;

/** Problems with media ports, compared with the policy. */
public sealed interface MediaFinding extends Finding {
    @Override
    default Topic topic() {
        return Topic.CALLS;
    }

    /**
     * Ports of a program that no service admits.
     *
     * @param uses all ports that it uses
     * @param missing the ports of these that no service admits
     * @param place the setting and its file
     * @param running whether the program runs now
     * @param others whether calls work through another program, which may be between this program and the Internet
     * @param mend the line of the policy
     */
    record MediaClosed(
            VoiceProgram program,
            Use use,
            PortRange uses,
            List<PortRange> missing,
            String place,
            boolean running,
            boolean others,
            String mend)
            implements MediaFinding {
        public MediaClosed {
            missing = List.copyOf(missing);
        }

        @Override
        public Severity severity() {
            if (!running) {
                return Severity.HINT;
            }
            return isWhole() && !others ? Severity.ERROR : Severity.WARNING;
        }

        private boolean isWhole() {
            return missing.equals(List.of(uses));
        }

        @Override
        public String what() {
            return program.title() + (running ? " uses " : ", which does not run now, is set to use ") + uses + " for "
                    + (use == Use.TURN ? "TURN" : program == VoiceProgram.COTURN ? "relays" : "voice") + " (" + place
                    + "), and no service admits "
                    + (isWhole() ? "that" : Mend.ports(missing)) + ".";
        }

        @Override
        public String why() {
            if (use == Use.TURN || program == VoiceProgram.COTURN && isWhole()) {
                return "Browsers and phones behind NAT cannot use the relay, and their calls have no voice.";
            }
            if (!isWhole()) {
                return "Calls that get one of these ports are silent in one direction, and the cause is hard to see.";
            }
            return others
                    ? "Packets to it from outside never arrive; this is correct only if all its voice goes"
                            + " through another program on this host."
                    : "The voice of callers never arrives here.";
        }
    }

    /** @param extra the ports that no program uses */
    record MediaTooWide(String service, List<PortRange> extra, String uses, String narrowed) implements MediaFinding {
        public MediaTooWide {
            extra = List.copyOf(extra);
        }

        @Override
        public Severity severity() {
            return Severity.HINT;
        }

        @Override
        public String what() {
            return "Service " + service + " admits " + Mend.ports(extra) + " too, but no telephony program"
                    + " uses them ("
                    + uses + ").";
        }

        @Override
        public String why() {
            return "Any program that starts on these ports can be reached from outside at once.";
        }

        @Override
        public String mend() {
            return "services." + service + ".ports: [" + narrowed + "]";
        }
    }

    /** Two programs use ports of the same range. */
    record MediaShared(String one, String other, PortRange shared) implements MediaFinding {
        @Override
        public Severity severity() {
            return Severity.WARNING;
        }

        @Override
        public String what() {
            return one + " and " + other + " both use ports for voice from " + shared + ".";
        }

        @Override
        public String why() {
            return "Sometimes one program needs a port that the other has, and that call fails or is silent.";
        }

        @Override
        public String mend() {
            return "configure a separate range for each, and admit both";
        }
    }

    /** The kernel may give media ports to programs that request any free port. */
    record MediaIsEphemeral(VoiceProgram program, PortRange range, long first, long last) implements MediaFinding {
        @Override
        public Severity severity() {
            return Severity.HINT;
        }

        @Override
        public String what() {
            return "The kernel also gives ports of " + program.title() + "'s range " + range
                    + " to programs that ask for any port (net.ipv4.ip_local_port_range is " + first + " to " + last
                    + ").";
        }

        @Override
        public String why() {
            return "A call cannot use a port that such a program has, and that program can be reached by every"
                    + " source that may send voice.";
        }

        @Override
        public String mend() {
            return Mend.sysctl("net.ipv4.ip_local_reserved_ports", range.first() + "-" + range.last());
        }
    }
}
