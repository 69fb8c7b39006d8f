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
 * A program that runs on and answers one request after the other.
 *
 * <p>Both outputs are read by threads of their own, so the program never waits for its reader. What it writes belongs to the
 * request that was sent last. A request must fit into a pipe (64 KiB): a program that hangs then never blocks the writer.
 */
public final class Conversation implements AutoCloseable {
    private static final Duration GRACE = Duration.ofSeconds(2);
    private static final int CHUNK = 65_536;

    private final Process process;
    private final OutputStream input;
    /** What has come since the last request, and whether more may come; both are guarded by this object. */
    private final ByteArrayOutputStream output = new ByteArrayOutputStream();

    private final ByteArrayOutputStream errors = new ByteArrayOutputStream();
    private boolean endsLine;
    private int openPipes = 2;

    private Conversation(Process process) {
        this.process = process;
        this.input = process.getOutputStream();
    }

    /** @param environment is added to that of this process */
    public static Conversation start(List<String> words, Map<String, String> environment) throws IOException {
        var builder = ProgramPath.here().builder(words);
        builder.environment().putAll(environment);
        var conversation = new Conversation(builder.start());
        conversation.listen("output", conversation.process.getInputStream(), conversation.output);
        conversation.listen("errors", conversation.process.getErrorStream(), conversation.errors);
        return conversation;
    }

    /** What became of a request. */
    public sealed interface Answer {
        /** Both outputs, as far as they belong to the request. */
        record Whole(String output, String errors) implements Answer {}

        /** The program ended instead. */
        record Ended(int exitCode, String output, String errors) implements Answer {}

        /** The program said too little in the time that it had; what it says later would be taken for another answer. */
        record Late() implements Answer {}
    }

    /** Tells whether an answer is whole. */
    @FunctionalInterface
    public interface Ending {
        /** @param endsLine whether there is output and its last line is whole */
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
            // It was stopped in the middle, and that is the end of it.
        } finally {
            synchronized (this) {
                openPipes--;
                notifyAll();
            }
        }
    }

    /** Sends a request and waits for the whole answer. */
    public synchronized Answer ask(String request, Duration timeout, Ending ending) {
        long deadline = System.nanoTime() + timeout.toNanos();
        output.reset();
        errors.reset();
        endsLine = false;
        try {
            input.write(request.getBytes(StandardCharsets.UTF_8));
            input.flush();
        } catch (IOException e) {
            // The end of its outputs, which is on the way, says the same.
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

    /** @param ended told once, on a thread of its own, when the program has ended */
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

    /** Ends its input and waits for the end; a program that overstays is killed. */
    @Override
    public void close() {
        try {
            input.close();
        } catch (IOException e) {
            // It has ended already.
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
