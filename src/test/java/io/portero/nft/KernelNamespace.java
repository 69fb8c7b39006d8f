package io.portero.nft;

import io.portero.exec.Command;
import io.portero.exec.CommandResult;
import io.portero.exec.CommandRunner;
import io.portero.exec.ProcessRunner;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;

/** A separate network namespace, and a runner of commands inside it. */
public final class KernelNamespace implements AutoCloseable, CommandRunner {
    private static final AtomicInteger COUNT = new AtomicInteger();
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final CommandRunner outside = new ProcessRunner();
    private final String name;

    private KernelNamespace(String name) {
        this.name = name;
    }

    /** Skips the test if namespaces are not allowed; in CI this is a failure. */
    public static KernelNamespace create() {
        var namespace =
                new KernelNamespace("portero-test-" + ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet());
        var result = namespace.outside.run(Command.of(TIMEOUT, "ip", "netns", "add", namespace.name));
        boolean made = result instanceof CommandResult.Completed done && done.succeeded();
        if (!made && "true".equals(System.getenv("CI"))) {
            throw new AssertionError("network namespaces are needed in CI: " + result);
        }
        Assumptions.assumeTrue(made, "network namespaces are not allowed here: " + result);
        return namespace;
    }

    /** The words before a command that run it inside. */
    public List<String> before() {
        return List.of("ip", "netns", "exec", name);
    }

    @Override
    public CommandResult run(Command command) {
        var words = new ArrayList<>(before());
        words.addAll(command.words());
        return outside.run(new Command(words, command.input(), command.timeout()));
    }

    /** Runs a program that must succeed, and returns its output. */
    public String output(String... words) {
        var result = run(Command.of(TIMEOUT, words));
        if (result instanceof CommandResult.Completed done && done.succeeded()) {
            return done.output();
        }
        throw new AssertionError(String.join(" ", words) + ": " + result);
    }

    /** Loads an nft script, which must succeed. */
    public void nft(String script) {
        var result = run(new Command(List.of("nft", "-f", "-"), script, TIMEOUT));
        if (!(result instanceof CommandResult.Completed done && done.succeeded())) {
            throw new AssertionError(script + result);
        }
    }

    @Override
    public void close() {
        outside.run(Command.of(TIMEOUT, "ip", "netns", "delete", name));
    }
}
