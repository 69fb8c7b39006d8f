package io.portero.exec;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A program that keeps running and answers one request after the other.
 *
 * <p>Two separate threads read its outputs, so the program never waits for its reader. All output belongs to the last
 * request. A request must fit into a pipe (64 KiB), so that a program that hangs never blocks the writer.
 */
public final class Conversation implements AutoCloseable {
    private static final Duration GRACE = Duration.ofSeconds(2);
    private static final int CHUNK = 65_536;

    private final Process process;
    private final OutputStream input;
    /** The output since the last request, and the number of open outputs; this object guards both. */
    private final ByteArrayOutputStream output = new ByteArrayOutputStream();

    private final ByteArrayOutputStream errors = new ByteArrayOutputStream();
    private boolean endsLine;
    /** What the program says before the first question, such as that it cannot run, belongs to its answer. */
    private boolean asked;

    private int openPipes = 2;

    private Conversation(Process process) {
        this.process = process;
        this.input = process.getOutputStream();
    }

    /** @param environment variables to add to those of this process */
    public static Conversation start(List<String> words, Map<String, String> environment) throws IOException {
        var builder = ProgramPath.here().builder(words);
        builder.environment().putAll(environment);
        var conversation = new Conversation(builder.start());
        conversation.listen("output", conversation.process.getInputStream(), conversation.output);
        conversation.listen("errors", conversation.process.getErrorStream(), conversation.errors);
        return conversation;
    }

    /** The result of a request. */
    public sealed interface Answer {
        /** The complete answer: both outputs since the request. */
        record Whole(String output, String errors) implements Answer {}

        /** The program ended before its answer was complete. */
        record Ended(int exitCode, String output, String errors) implements Answer {}

        /** The answer was not complete in time; its rest would be taken for the next answer. */
        record Late() implements Answer {}
    }

    /** Decides whether an answer is complete. */
    @FunctionalInterface
    public interface Ending {
        /** @param endsLine whether there is output and it ends with a complete line */
        boolean isReached(String errors, boolean endsLine);
    }

    private void listen(String what, InputStream stream, ByteArrayOutputStream heard) {
        Thread.ofPlatform().daemon().name(what + " of process " + process.pid()).start(() -> read(stream, heard));
    }

    private void read(InputStream stream, ByteArrayOutputStream heard) {
        var chunk = new byte[CHUNK];
        try (stream) {
            for (int read = stream.read(chunk); read >= 0; read = stream.read(chunk)) {
                synchronized (this) {
                    heard.write(chunk, 0, read);
                    endsLine = heard == output ? chunk[read - 1] == '\n' : endsLine;
                    notifyAll();
                }
            }
        } catch (IOException e) {
            // The program was stopped in the middle of its output.
        } finally {
            synchronized (this) {
                openPipes--;
                notifyAll();
            }
        }
    }

    /** Sends a request and waits for the complete answer. */
    public synchronized Answer ask(String request, Duration timeout, Ending ending) {
        long deadline = System.nanoTime() + timeout.toNanos();
        if (asked) {
            output.reset();
            errors.reset();
            endsLine = false;
        }
        asked = true;
        try {
            input.write(request.getBytes(StandardCharsets.UTF_8));
            input.flush();
        } catch (IOException e) {
            // The program has ended; the threads that read its outputs notice this.
        }
        try {
            while (!ending.isReached(text(errors), endsLine)) {
                long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                if (openPipes == 0) {
                    return process.waitFor(GRACE.toMillis(), TimeUnit.MILLISECONDS)
                            ? new Answer.Ended(process.exitValue(), text(output), text(errors))
                            : new Answer.Late();
                }
                if (left <= 0) {
                    return new Answer.Late();
                }
                wait(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Answer.Late();
        }
        return new Answer.Whole(text(output), text(errors));
    }

    private static String text(ByteArrayOutputStream heard) {
        return heard.toString(StandardCharsets.UTF_8);
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** @param ended called once, on a separate thread, when the program has ended */
    public void whenEnded(Runnable ended) {
        var _ = process.onExit()
                .thenRunAsync(
                        ended,
                        task -> Thread.ofPlatform()
                                .daemon()
                                .name("end of process " + process.pid())
                                .start(task));
    }

    /** Sends SIGKILL and waits for the end. */
    public void kill() {
        process.destroyForcibly();
        await();
    }

    /** Closes its input and waits for the end; kills the program if it takes too long. */
    @Override
    public void close() {
        try {
            input.close();
        } catch (IOException e) {
            // The program has already ended.
        }
        if (!await()) {
            kill();
        }
    }

    private boolean await() {
        try {
            return process.waitFor(GRACE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            return true;
        }
    }
}
