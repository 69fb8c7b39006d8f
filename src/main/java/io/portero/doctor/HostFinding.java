package io.portero.doctor;

import java.util.Collection;

/** Problems on the host around the firewall. */
public sealed interface HostFinding extends Finding {
    @Override
    default Topic topic() {
        return Topic.HOST;
    }

    record MetricsPortTaken(int port, String program) implements HostFinding {
        @Override
        public Severity severity() {
            return Severity.WARNING;
        }

        @Override
        public String what() {
            return "Port " + port + "/tcp, where the agent should serve its metrics, is used by " + program + ".";
        }

        @Override
        public String why() {
            return "The agent still enforces the policy, but its metrics and status page cannot be reached.";
        }

        @Override
        public String mend() {
            return "agent.metrics.port: 9095";
        }
    }

    record ClockNotKept() implements HostFinding {
        @Override
        public Severity severity() {
            return Severity.WARNING;
        }

        @Override
        public String what() {
            return "No program synchronizes the clock of this host.";
        }

        @Override
        public String why() {
            return "TLS certificates, call records, bans and log times depend on the clock.";
        }

        @Override
        public String mend() {
            return "apt install systemd-timesyncd && timedatectl set-ntp true; or apt install chrony";
        }
    }

    record ClockNotSynchronised(String program) implements HostFinding {
        @Override
        public Severity severity() {
            return Severity.WARNING;
        }

        @Override
        public String what() {
            return program + " runs, but has not set the clock since this host was started.";
        }

        @Override
        public String why() {
            return "TLS certificates, call records, bans and log times depend on the clock.";
        }

        @Override
        public String mend() {
            return "timedatectl timesync-status names the server that does not answer";
        }
    }

    record NameUnresolved(String name, Collection<String> places) implements HostFinding {
        @Override
        public Severity severity() {
            return Severity.WARNING;
        }

        @Override
        public String what() {
            return "The host name " + name + " (in " + String.join(", ", places) + ") has no address now.";
        }

        @Override
        public String why() {
            return "It admits nobody.";
        }

        @Override
        public String mend() {
            return "getent ahosts " + name
                    + " asks the resolvers of /etc/resolv.conf; or write the addresses into the policy";
        }
    }

    record NotEnforcedAtBoot() implements HostFinding {
        @Override
        public Severity severity() {
            return Severity.WARNING;
        }

        @Override
        public String what() {
            return "portero-boot.service is not enabled.";
        }

        @Override
        public String why() {
            return "At each boot the host is open from the start of the network until the agent has started.";
        }

        @Override
        public String mend() {
            return "systemctl enable portero-boot.service";
        }
    }

    record SshClosed(int port) implements HostFinding {
        @Override
        public Severity severity() {
            return Severity.ERROR;
        }

        @Override
        public String what() {
            return "sshd listens on " + port + "/tcp, and no management service has this port.";
        }

        @Override
        public String why() {
            return "Nobody can log in there, and the lockout guard does not protect these sessions.";
        }

        @Override
        public String mend() {
            return "services.ssh: { ports: [" + port + "/tcp], from: [admins], management: true }";
        }
    }
}
