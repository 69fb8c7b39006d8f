package io.portero.lab;

import io.portero.lab.Probe.Continued;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A stream of datagrams at a constant rate, numbered from 0, that need no answer.
 *
 * <p>A late sender catches up, so that the rate holds over any tenth of a second. The kernel counts what arrives
 * ({@link Sighting}): a receiving program would lose packets on a busy machine.
 */
final class PacketStream implements Continued {
    private final DatagramChannel channel;
    private final InetSocketAddress to;
    private final long interval;
    private final Thread sender;
    private volatile boolean stopped;
    private long sent;

    private PacketStream(DatagramChannel channel, InetSocketAddress to, int perSecond) {
        this.channel = channel;
        this.to = to;
        this.interval = 1_000_000_000L / perSecond;
        this.sender = Thread.ofPlatform().daemon().name("stream").unstarted(this::send);
    }

    static PacketStream start(@Nullable InetSocketAddress from, InetSocketAddress to, int perSecond)
            throws IOException {
        var channel = DatagramChannel.open(Attempts.family(to));
        channel.bind(from); // not connected, so that ICMP errors do not make a send fail
        var stream = new PacketStream(channel, to, perSecond);
        stream.sender.start();
        return stream;
    }

    private void send() {
        var buffer = ByteBuffer.allocate(Long.BYTES);
        long next = System.nanoTime();
        while (!stopped) {
            try {
                channel.send(buffer.clear().putLong(sent).flip(), to);
                sent++;
            } catch (IOException e) {
                return; // closed, or no route any more
            }
            next += interval;
            long wait = next - System.nanoTime();
            if (wait > 0) {
                LockSupport.parkNanos(wait);
            }
        }
    }

    @Override
    public String stop() throws IOException {
        stopped = true;
        try {
            sender.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        channel.close();
        return "sent " + sent;
    }
}
