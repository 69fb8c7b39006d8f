package io.portero.lab;

import io.portero.lab.Probe.Continued;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A long conversation with an echo server, such as a call; reports when it stops and when it continues.
 *
 * <p>Events are {@code up NANOS} at the first answer and {@code down NANOS} after a silence, which names the last
 * answer before it, both by the monotonic clock that all processes of this machine share.
 */
final class Flow implements Continued {
    private static final long ASK_EVERY = Patience.of(Duration.ofMillis(2)).toNanos();
    private static final long SILENCE = Patience.of(Duration.ofMillis(150)).toNanos();

    private final ByteChannel channel;
    private final Consumer<String> event;
    private volatile boolean stopped;
    private volatile long answered;
    private volatile boolean up;

    private Flow(ByteChannel channel, Consumer<String> event) {
        this.channel = channel;
        this.event = event;
    }

    static Flow udp(@Nullable InetSocketAddress from, InetSocketAddress to, Consumer<String> event) throws IOException {
        var channel = DatagramChannel.open(Attempts.family(to));
        channel.bind(from).connect(to);
        return new Flow(channel, event).started();
    }

    static Flow tcp(@Nullable InetSocketAddress from, InetSocketAddress to, Consumer<String> event) throws IOException {
        var channel = SocketChannel.open(Attempts.family(to));
        channel.bind(from);
        channel.socket().connect(to, 2_000);
        return new Flow(channel, event).started();
    }

    private Flow started() {
        Thread.ofPlatform().daemon().name("flow: asks").start(this::ask);
        Thread.ofPlatform().daemon().name("flow: hears").start(this::hear);
        return this;
    }

    private void ask() {
        while (!stopped) {
            try {
                channel.write(ByteBuffer.wrap(new byte[] {'f'}));
            } catch (IOException e) {
                // Refused or reset; only the silence that follows counts.
            }
            LockSupport.parkNanos(ASK_EVERY);
            long last = answered;
            if (up && System.nanoTime() - last > SILENCE) {
                up = false;
                event.accept("down " + last);
            }
        }
    }

    private void hear() {
        var buffer = ByteBuffer.allocate(2048);
        while (!stopped && channel.isOpen()) {
            try {
                if (channel.read(buffer.clear()) < 0) {
                    return;
                }
                answered = System.nanoTime();
                if (!up) {
                    up = true;
                    event.accept("up " + answered);
                }
            } catch (IOException e) {
                LockSupport.parkNanos(ASK_EVERY); // refused: nobody listens yet
            }
        }
    }

    @Override
    public String stop() throws IOException {
        stopped = true;
        channel.close();
        return "stopped";
    }
}
