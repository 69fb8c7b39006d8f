package io.portero.exec;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A program that runs beside this process until it is stopped.
 *
 * <p>To stop it, this class closes its input, then sends SIGTERM, then SIGKILL. A separate thread passes on the lines
 * of its output, in order.
 */
public final class Child implements AutoCloseable {
    private static final long GRACE_MILLIS = 2_000;

    private final Process process;
    private final Writer input;

    private Child(Process process) {
        this.process = process;
        this.input = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8);
    }

    /**
     * Starts a program that reads and writes lines.
     *
     * @param line receives each line of the program's standard output
     * @param ended called once after the last line
     */
    public static Child talking(List<String> words, Path errors, Consumer<String> line, Runnable ended)
            throws IOException {
        var child = new Child(
                ProgramPath.here().builder(words).redirectError(errors.toFile()).start());
        Thread.ofPlatform().daemon().name("lines of " + words.getFirst()).start(() -> child.read(line, ended));
        return child;
    }

    /** Starts a program whose output, error output included, is read line by line. */
    public static Child listenedTo(List<String> words, Consumer<String> line, Runnable ended) throws IOException {
        var child = new Child(
                ProgramPath.here().builder(words).redirectErrorStream(true).start());
        Thread.ofPlatform().daemon().name("lines of " + words.getFirst()).start(() -> child.read(line, ended));
        return child;
    }

    /** Starts a program that writes all its output to a file. */
    public static Child logging(List<String> words, Path log) throws IOException {
        return new Child(ProgramPath.here()
                .builder(words)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start());
    }

    /** Starts a program with this process's terminal, input and output. */
    public static Child inPlace(List<String> words, Map<String, String> environment) throws IOException {
        var builder = new ProcessBuilder(words).inheritIO();
        builder.environment().putAll(environment);
        return new Child(builder.start());
    }

    private void read(Consumer<String> line, Runnable ended) {
        try (var lines = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            lines.lines().forEach(line);
        } catch (IOException | UncheckedIOException e) {
            // The program was stopped in the middle of a line.
        } finally {
            ended.run();
        }
    }

    /** Sends a line; it is lost if the program no longer reads. */
    public void say(String line) {
        synchronized (input) {
            try {
                input.write(line + "\n");
                input.flush();
            } catch (IOException e) {
                // The program has ended; the thread that reads its output reports this.
            }
        }
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Waits for the end and returns the exit code. */
    public int await() throws InterruptedException {
        return process.waitFor();
    }

    /** Returns whether the program ended within that time. */
    public boolean await(Duration time) throws InterruptedException {
        return process.waitFor(time.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Sends SIGTERM and does not wait; the program may end later. */
    public void terminate() {
        process.destroy();
    }

    /** Sends SIGKILL, for a program that has nothing to clean up. */
    public void kill() {
        process.destroyForcibly();
    }

    @Override
    public void close() {
        try {
            synchronized (input) {
                input.close();
            }
        } catch (IOException e) {
            // The program has already ended.
        }
        // listed now: after the program has ended, they are no longer its descendants
        var descendants = process.descendants().toList();
        process.destroy();
        try {
            if (!process.waitFor(GRACE_MILLIS, TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        } finally {
            descendants.forEach(ProcessHandle::destroyForcibly);
        }
    }
}
