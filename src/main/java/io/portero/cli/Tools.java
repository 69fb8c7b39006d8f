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
 * @param examination reads of this host what a doctor asks for
 * @param resolver has less patience than the agent's
 * @param daemon runs the agent until it is told to stop
 * @param demo runs the demonstration
 * @param probe serves a demonstration from inside one of its namespaces
 * @param terminal that of whoever runs the command
 * @param tracer follows packets through the kernel
 * @param scripts tells what nft scripts of others mean
 * @param stage the table of a staged policy
 * @param fleet what commands for many hosts work with
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

    /** For those that examine no host, need no terminal and follow no packets. */
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

    /** Tells what an nft script of somebody else means, as nft lists it. */
    @FunctionalInterface
    public interface NftScripts {
        String listing(Path script) throws OtherFirewall.CannotRead;
    }

    /** Runs until a signal ends it. */
    @FunctionalInterface
    public interface Daemon {
        int run(Locations locations);
    }

    /** A terminal that a command has for itself for a while. */
    public interface Terminal {
        /** Nobody strikes keys, and nothing changes. */
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

        /** Columns and rows. */
        record Size(int columns, int rows) {
            public static final Size USUAL = new Size(80, 24);
        }

        /** As it is now; the usual one where that cannot be told. */
        Size size();

        /** From now on keys are read one by one and not shown. */
        void takeKeys();

        /** Undoes that. */
        void giveBack();

        /** The keys that were struck since it was last asked. */
        String keys();

        /** What to do when the user or the system wants the command to end. */
        void onEnd(Runnable action);

        /** What to do when the window has another size, or the command was stopped for a while. */
        void onChange(Runnable action);
    }

    /** What stands behind the commands for many hosts. */
    public interface Fleet {
        /** There is none. */
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

        /** Keeps this host in its fleet until a signal ends it. */
        int run(Path config, Path directory, Path runDirectory);

        SshKeygen keygen();

        OperatorStore open(StoreSettings.Nats settings) throws IOException;
    }

    /** Runs to its end. */
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
