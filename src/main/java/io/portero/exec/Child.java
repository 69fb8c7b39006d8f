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
 * A program that runs beside this one until it is told to stop.
 *
 * <p>It is told to stop by the end of its input, then by SIGTERM, then by SIGKILL. Lines of its output are handed over on
 * a thread of their own, in order.
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
     * Starts a program that is talked to in lines.
     *
     * @param line told every line of the program's standard output
     * @param ended told once that there will be no more
     */
    public static Child talking(List<String> words, Path errors, Consumer<String> line, Runnable ended)
            throws IOException {
        var child = new Child(
                ProgramPath.here().builder(words).redirectError(errors.toFile()).start());
        Thread.ofPlatform().daemon().name("lines of " + words.getFirst()).start(() -> child.read(line, ended));
        return child;
    }

    /** Starts a program that is only listened to, error output included. */
    public static Child listenedTo(List<String> words, Consumer<String> line, Runnable ended) throws IOException {
        var child = new Child(
                ProgramPath.here().builder(words).redirectErrorStream(true).start());
        Thread.ofPlatform().daemon().name("lines of " + words.getFirst()).start(() -> child.read(line, ended));
        return child;
    }

    /** Starts a program that writes all it has to say into a file. */
    public static Child logging(List<String> words, Path log) throws IOException {
        return new Child(ProgramPath.here()
                .builder(words)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start());
    }

    /** Starts a program in the place of this one: same terminal, same input, same output. */
    public static Child inPlace(List<String> words, Map<String, String> environment) throws IOException {
        var builder = new ProcessBuilder(words).inheritIO();
        builder.environment().putAll(environment);
        return new Child(builder.start());
    }

    private void read(Consumer<String> line, Runnable ended) {
        try (var lines = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            lines.lines().forEach(line);
        } catch (IOException | UncheckedIOException e) {
            // It was stopped in the middle of a line, and that is the end of it.
        } finally {
            ended.run();
        }
    }

    /** Sends a line; one that the program no longer reads is lost. */
    public void say(String line) {
        synchronized (input) {
            try {
                input.write(line + "\n");
                input.flush();
            } catch (IOException e) {
                // The end of its output, which is on the way, says the same.
            }
        }
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** The exit code, once it has ended. */
    public int await() throws InterruptedException {
        return process.waitFor();
    }

    /** Whether it ended within that time. */
    public boolean await(Duration time) throws InterruptedException {
        return process.waitFor(time.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Sends SIGTERM, which it may take its time to follow. */
    public void terminate() {
        process.destroy();
    }

    /** Sends SIGKILL, to a program that has nothing to put in order. */
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
            // It has ended already.
        }
        var descendants = process.descendants().toList(); // nobody's, once it is gone
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
