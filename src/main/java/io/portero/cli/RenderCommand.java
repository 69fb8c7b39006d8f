package io.portero.cli;

import io.portero.compile.PolicyCompiler;
import io.portero.compile.RulesetPrinter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The command {@code portero render}, which prints the nft script of a policy. */
@Command(
        name = "render",
        mixinStandardHelpOptions = true,
        description = "Prints the complete nft script of a policy; nft -f loads it.")
final class RenderCommand implements Callable<Integer> {
    private final Tools tools;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private PolicyArgument policy = new PolicyArgument();

    RenderCommand(Tools tools) {
        this.tools = tools;
    }

    @Override
    public Integer call() {
        var line = spec.commandLine();
        var loaded = policy.load(tools, line.getErr());
        if (loaded.isEmpty()) {
            return ExitCode.REFUSED;
        }
        line.getOut()
                .print(RulesetPrinter.print(PolicyCompiler.compile(loaded.get().policy())));
        line.getOut().flush();
        return ExitCode.DONE;
    }
}
