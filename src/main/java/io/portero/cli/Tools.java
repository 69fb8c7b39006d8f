package io.portero.cli;

import io.portero.apply.Firewall;
import io.portero.config.PolicyReader;
import io.portero.doctor.HostReading;
import io.portero.exec.CommandResult;
import io.portero.fleet.HostSettings.StoreSettings;
import io.portero.fleet.OperatorStore;
import io.portero.fleet.SshKeygen;
import io.portero.names.Resolver;
import io.portero.safety.HostView;
import io.portero.stage.StageTable;
import io.portero.trace.Tracer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The objects that commands use.
 *
 * @param examination reads the state of this host for doctor
 * @param resolver has shorter timeouts than the agent's resolver
 * @param daemon runs the agent until it is stopped
 * @param demo runs the demonstration
 * @param probe serves a demonstration inside one of its namespaces
 * @param terminal the user's terminal
 * @param tracer follows packets through the kernel
 * @param scripts interprets nft scripts of other programs
 * @param stage the table of a staged policy
 * @param fleet the objects that fleet commands use
 */
public record Tools(
        Firewall firewall,
        HostView host,
        HostReading examination,
        PolicyReader reader,
        Resolver resolver,
        Daemon daemon,
        Demo demo,
        Probe probe,
        Terminal terminal,
        Tracer tracer,
        NftScripts scripts,
        StageTable stage,
        Fleet fleet) {

    /** For commands that do not examine the host, use a terminal or trace packets. */
    public Tools(
            Firewall firewall,
            HostView host,
            PolicyReader reader,
            Resolver resolver,
            Daemon daemon,
            Demo demo,
            Probe probe) {
        this(
                firewall,
                host,
                () -> {
                    throw new IllegalStateException("no host is examined");
                },
                reader,
                resolver,
                daemon,
                demo,
                probe,
                Terminal.NONE,
                (wanted, listener) -> new Tracer.End.Failed("no packets are followed"),
                script -> {
                    throw new OtherFirewall.CannotRead("no scripts are read");
                },
                StageTable.NONE,
                Fleet.NONE);
    }

    /** Converts an nft script to the rules that nft lists for it. */
    @FunctionalInterface
    public interface NftScripts {
        String listing(Path script) throws OtherFirewall.CannotRead;
    }

    /** Runs until a signal ends it. */
    @FunctionalInterface
    public interface Daemon {
        int run(Locations locations);
    }

    /** A terminal that a command can control. */
    public interface Terminal {
        /** No terminal: no keys, and no changes. */
        Terminal NONE = new Terminal() {
            @Override
            public Size size() {
                return Size.USUAL;
            }

            @Override
            public void takeKeys() {}

            @Override
            public void giveBack() {}

            @Override
            public String keys() {
                return "";
            }

            @Override
            public void onEnd(Runnable action) {}

            @Override
            public void onChange(Runnable action) {}
        };

        record Size(int columns, int rows) {
            public static final Size USUAL = new Size(80, 24);
        }

        /** The current size; the default if it is unknown. */
        Size size();

        /** From now on, keys are read without Enter and without echo. */
        void takeKeys();

        /** Restores the settings of the terminal. */
        void giveBack();

        /** The keys pressed since the last call. */
        String keys();

        /** Sets the action for the case that the user or the system ends the command. */
        void onEnd(Runnable action);

        /** Sets the action for a new window size, and for the time after a suspension of the command. */
        void onChange(Runnable action);
    }

    /** The objects for fleet commands. */
    public interface Fleet {
        /** No fleet. */
        Fleet NONE = new Fleet() {
            @Override
            public int run(Path config, Path directory, Path runDirectory) {
                return ExitCode.FAILED;
            }

            @Override
            public SshKeygen keygen() {
                return new SshKeygen(command -> new CommandResult.NotStarted(command.program(), "not here"));
            }

            @Override
            public OperatorStore open(StoreSettings.Nats settings) throws IOException {
                throw new IOException("there is no store here");
            }
        };

        /** Runs the fleet service of this host until a signal ends it. */
        int run(Path config, Path directory, Path runDirectory);

        SshKeygen keygen();

        OperatorStore open(StoreSettings.Nats settings) throws IOException;
    }

    /** Runs until all checks are done. */
    @FunctionalInterface
    public interface Demo {
        int run(boolean colour);
    }

    /** Runs until its input ends. */
    @FunctionalInterface
    public interface Probe {
        int run(List<String> arguments);
    }
}
