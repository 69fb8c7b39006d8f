package io.portero.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.apply.FakeFirewall;
import io.portero.config.PolicyReader;
import io.portero.names.DnsResolver;
import io.portero.reconcile.FakeHost;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine.Command;

/** A command that is built alone is the same as one built with all others. */
class PorteroCommandTest {
    private final Tools tools = new Tools(
            new FakeFirewall(), new FakeHost(), new PolicyReader(), new DnsResolver(), l -> 0, c -> 0, a -> 0);

    static Stream<String> names() {
        return Stream.of(PorteroCommand.class.getAnnotation(Command.class).subcommands())
                .map(type -> type.getAnnotation(Command.class).name());
    }

    @ParameterizedTest
    @MethodSource("names")
    void aCommandBuiltAloneHasTheHelpThatItHasAmongAll(String name) {
        var all = PorteroCommand.commandLine(tools).getSubcommands().get(name);
        var alone = PorteroCommand.commandLine(tools, name).getSubcommands().get(name);
        assertThat(alone.getUsageMessage()).isEqualTo(all.getUsageMessage());
        assertThat(alone.getCommandSpec().qualifiedName())
                .isEqualTo(all.getCommandSpec().qualifiedName());
        assertThat(alone.getCommandSpec().exitCodeOnInvalidInput()).isEqualTo(ExitCode.USAGE);
        assertThat(alone.getSubcommands().keySet())
                .isEqualTo(all.getSubcommands().keySet());
    }

    @ParameterizedTest
    @MethodSource("names")
    void onlyTheHiddenCommandsAreBuiltWithAllOthers(String name) {
        var hidden = name.equals("demo-probe") || name.equals("generate-completion");
        assertThat(PorteroCommand.commandLine(tools, name).getSubcommands().size() == 1)
                .isEqualTo(!hidden);
    }
}
