package io.portero.host;

import io.portero.doctor.HostReading;
import io.portero.doctor.HostState;
import io.portero.exec.CommandRunner;
import io.portero.exposure.Listener;
import io.portero.policy.Flow;
import io.portero.safety.HostView;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Optional;
import java.util.function.Supplier;

/** Reads everything that an examination by the doctor needs from this host. */
public final class Examination implements HostReading {
    private static final Path PROC = Path.of("/proc");
    private static final Path SYS = Path.of("/sys");
    private static final Path ROOT = Path.of("/");

    private final HostView host;
    private final Optional<Supplier<ForeignTables>> foreign;

    private Examination(HostView host, Optional<Supplier<ForeignTables>> foreign) {
        this.host = host;
        this.foreign = foreign;
    }

    /** All of it, for a command. */
    public static Examination whole(HostView host, CommandRunner runner, Supplier<String> nft) {
        return new Examination(host, Optional.of(() -> new ForeignTables(runner, nft)));
    }

    /** Without the tables of other programs and the flows, for the agent, which repeats it often. */
    public static Examination cheap(HostView host) {
        return new Examination(host, Optional.empty());
    }

    @Override
    public HostState read() {
        var unseen = new ArrayList<String>();
        if (!Files.isReadable(PROC.resolve("net/snmp"))) {
            unseen.add("the kernel's counters: /proc is not mounted or cannot be read");
        }
        var listeners = new ArrayList<Listener>(host.listeners());
        var flows = new ArrayList<Flow>();
        var tables = HostState.Tables.NONE;
        if (foreign.isPresent()) {
            if (!Files.isReadable(PROC.resolve("1/environ"))) {
                unseen.add("the programs of other users, and the files of containers: run as root");
            }
            listeners.addAll(host.published());
            flows.addAll(host.flows());
            var others = foreign.get().get();
            tables = others.read();
            unseen.addAll(others.unseen());
        }
        return new HostState(
                host.surroundings(),
                host.voicePrograms(),
                listeners,
                flows,
                host.sshPorts(),
                new KernelSigns(PROC, SYS, ROOT).read(),
                tables,
                new HostServices(PROC, ROOT).read(),
                unseen);
    }
}
