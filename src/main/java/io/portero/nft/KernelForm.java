package io.portero.nft;

import io.portero.compile.Ruleset;
import io.portero.exec.Command;
import io.portero.exec.CommandResult;
import io.portero.exec.CommandRunner;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The form in which a command finds the table, read once, when first needed: commands never change the form. */
public final class KernelForm implements FormKeeper {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final CommandRunner runner;
    private final NftProgram program;
    private Optional<TableForm> found = Optional.empty();

    public KernelForm(CommandRunner runner, NftProgram program) {
        this.runner = runner;
        this.program = program;
    }

    @Override
    public synchronized TableForm get() {
        var form = found.orElseGet(() -> read(runner, program.get()));
        found = Optional.of(form);
        return form;
    }

    /** The table for bans exists only if the main table is sealed. */
    static TableForm read(CommandRunner runner, String nft) {
        var words = new ArrayList<>(List.of(nft, "-j", "-t", "list", "table"));
        words.addAll(List.of(Ruleset.BANS_TABLE.split(" ")));
        return runner.run(new Command(words, "", TIMEOUT)) instanceof CommandResult.Completed done && done.succeeded()
                ? TableForm.SEALED
                : TableForm.PLAIN;
    }
}
