package io.portero.nft;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.apply.Failure;
import io.portero.exec.Command;
import io.portero.exec.CommandResult;
import io.portero.exec.Signal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NftHealthTest {
    private static final Signal SEGV = new Signal(11);

    @TempDir
    private Path directory;

    private final AtomicLong now = new AtomicLong();
    private final List<Command> run = new ArrayList<>();
    private int exitWithAll = 139;
    private int exitWithOurs;
    private final NftProgram program = new NftProgram(this::answer, Optional.of(Path.of("/nowhere/nft")), "nft");
    private final NftHealth health = new NftHealth(program, now::get);
    private final NftFirewall firewall = new NftFirewall(this::answer, program, health, CommitListener.NOBODY);

    private CommandResult answer(Command command) {
        if (command.words().contains("--version")) {
            return new CommandResult.Completed(0, "nftables v1.0.6 (Lester Gooch #5)\n", "", Duration.ZERO);
        }
        run.add(command);
        boolean oursOnly = command.words().contains("-t");
        int exit = oursOnly ? exitWithOurs : exitWithAll;
        return new CommandResult.Completed(exit, "{\"nftables\": []}", "", Duration.ZERO);
    }

    @Test
    void aTransactionThatCrashesNftIsRepeatedWithOnlyOurTable() {
        assertThat(firewall.load("add table inet portero\n")).isEmpty();
        assertThat(run).hasSize(2);
        assertThat(run.getFirst().input()).isEqualTo("add table inet portero\n");
        assertThat(run.getLast().words()).containsExactly("nft", "-t", "-f", "-");
        assertThat(run.getLast().input()).isEqualTo("add table inet portero\nlist table inet portero\n");
    }

    @Test
    void nftIsAvoidedForAnHourAndThenTriedAgain() {
        firewall.load("one\n");
        firewall.load("two\n");
        assertThat(health.deaths()).isEqualTo(1);
        now.addAndGet(Duration.ofMinutes(61).toNanos());
        exitWithAll = 0;
        firewall.load("three\n");
        assertThat(health.problem()).isEmpty();
        assertThat(run.getLast().words()).containsExactly("nft", "-f", "-");
    }

    @Test
    void aPermanentCrashIsASeparateFailureWithARemedy() {
        exitWithOurs = 139;
        assertThat(firewall.load("one\n"))
                .contains(new Failure(
                        Failure.Kind.CRASHED,
                        "nft died of a segmentation fault (SIGSEGV): version 1.0.6 cannot read a set that a"
                                + " newer nft created (in a container on the host network, or by Portero with"
                                + " a newer nft); install the package portero-nft, or set a newer nft with"
                                + " agent.nft"));
        assertThat(health.problem()).isPresent();
    }

    @Test
    void countersAreReadFromTheTableWhenListingThemCrashesNft() {
        assertThat(firewall.counters()).isInstanceOf(io.portero.apply.Firewall.Reading.Of.class);
        assertThat(run.getLast().words()).containsExactly("nft", "-j", "-t", "list", "table", "inet", "portero");
    }

    @Test
    void aKilledNftDoesNotCountAsUnableToReadForeignTables() {
        exitWithAll = 137;
        var failure = firewall.load("one\n").orElseThrow();
        assertThat(failure.kind()).isEqualTo(Failure.Kind.CRASHED);
        assertThat(failure.sentence()).contains("SIGKILL").contains("memory");
        assertThat(health.mustReadOwnTableOnly()).isFalse();
        assertThat(health.deaths()).isEqualTo(1);
    }

    @Test
    void anNftEndedBySomebodyHasNotCrashed() {
        health.died(program.get(), new Signal(15));
        assertThat(health.deaths()).isZero();
    }

    @Test
    void anotherNftStartsWithoutCrashes() throws Exception {
        var before = program.get();
        health.died(before, SEGV);
        assertThat(health.mustReadOwnTableOnly()).isTrue();
        program.use(Optional.of(executable("better")));
        assertThat(health.mustReadOwnTableOnly()).isFalse();
        health.died(before, SEGV); // a monitor that was started earlier
        assertThat(health.mustReadOwnTableOnly()).isFalse();
        assertThat(health.problem()).isEmpty();
        assertThat(health.deaths()).isEqualTo(2);
    }

    @Test
    void prefersThePolicysNftThenThePackagedOneThenTheOneInThePath() throws Exception {
        var packaged = directory.resolve("packaged");
        var chosen = new NftProgram(this::answer, Optional.of(packaged), "nft");
        assertThat(chosen.get()).isEqualTo("nft");
        executable("packaged");
        assertThat(chosen.get()).isEqualTo(packaged.toString());
        var named = executable("named");
        chosen.use(Optional.of(named));
        assertThat(chosen.get()).isEqualTo(named.toString());
        Files.delete(named);
        assertThat(chosen.get()).isEqualTo(packaged.toString());
    }

    @Test
    void listenersAreToldOnlyAboutAnotherNft() throws Exception {
        var told = new AtomicLong();
        program.whenChanged(told::incrementAndGet);
        program.use(Optional.empty());
        assertThat(told).hasValue(0);
        program.use(Optional.of(executable("another")));
        program.use(Optional.of(directory.resolve("another")));
        assertThat(told).hasValue(1);
    }

    private Path executable(String name) throws Exception {
        var file = Files.writeString(directory.resolve(name), "#!/bin/sh\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        return file;
    }
}
