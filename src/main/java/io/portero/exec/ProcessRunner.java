package io.portero.exec;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongConsumer;

/**
 * Runs commands as child processes.
 *
 * <p>Both output pipes are read while the input is written, so neither side can block the other. The locale is C,
 * because callers compare error texts. A child that exceeds its timeout is killed with its descendants.
 */
public final class ProcessRunner implements CommandRunner {
    private final LongConsumer started;

    public ProcessRunner() {
        this(pid -> {});
    }

    /** @param started receives the process id of each child before the child gets its input */
    public ProcessRunner(LongConsumer started) {
        this.started = started;
    }

    @Override
    public CommandResult run(Command command) {
        long start = System.nanoTime();
        Process process;
        try {
            process = ProgramPath.here().builder(command.words()).start();
        } catch (IOException e) {
            return new CommandResult.NotStarted(command.program(), String.valueOf(e.getMessage()));
        }
        try {
            started.accept(process.pid());
            return await(command, process, start);
        } finally {
            kill(process);
        }
    }

    private static CommandResult await(Command command, Process process, long start) {
        var output = drain(process.getInputStream());
        var errors = drain(process.getErrorStream());
        var input = feed(process.getOutputStream(), command.input());
        try {
            long left = command.timeout().toNanos();
            if (!process.waitFor(left, TimeUnit.NANOSECONDS)) {
                return new CommandResult.TimedOut(command.program(), command.timeout());
            }
            input.cancel(true);
            // A grandchild may keep the pipes open after the program has ended.
            var out = output.get(1, TimeUnit.SECONDS);
            var err = errors.get(1, TimeUnit.SECONDS);
            return new CommandResult.Completed(
                    process.exitValue(), out, err, Duration.ofNanos(System.nanoTime() - start));
        } catch (TimeoutException e) {
            return new CommandResult.TimedOut(command.program(), command.timeout());
        } catch (ExecutionException e) {
            return new CommandResult.NotStarted(command.program(), String.valueOf(e.getCause()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new CommandResult.TimedOut(command.program(), command.timeout());
        }
    }

    private static CompletableFuture<String> drain(InputStream stream) {
        var text = new CompletableFuture<String>();
        Thread.ofPlatform().daemon().start(() -> {
            try (stream) {
                text.complete(new String(stream.readAllBytes(), StandardCharsets.UTF_8));
            } catch (IOException e) {
                text.completeExceptionally(new UncheckedIOException(e));
            }
        });
        return text;
    }

    private static CompletableFuture<Void> feed(OutputStream stream, String input) {
        var done = new CompletableFuture<Void>();
        Thread.ofPlatform().daemon().start(() -> {
            try (stream) {
                stream.write(input.getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                // The program ended before it read all input; its exit code gives the reason.
                done.completeExceptionally(e);
            }
            done.complete(null);
        });
        return done;
    }

    private static void kill(Process process) {
        if (process.isAlive()) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }
}
