package io.portero.nft;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Whether a process has subscribed to the kernel's traces, which nft does some time after its start and says nowhere.
 *
 * <p>{@code /proc/PID/net/netlink} lists the sockets of its network namespace with the groups that each listens to.
 */
final class TraceListening {
    /** NFNLGRP_NFTRACE is group 9. */
    private static final long TRACES = 1L << 8;

    private static final int NETFILTER = 12;
    private static final String SOCKET = "socket:[";

    private TraceListening() {}

    /** Whether one of these processes listens; false when that cannot be known. */
    static boolean any(List<Long> pids) {
        return pids.stream().anyMatch(TraceListening::listens);
    }

    private static boolean listens(long pid) {
        var process = Path.of("/proc", Long.toString(pid));
        try (var table = Files.lines(process.resolve("net/netlink"));
                var files = Files.list(process.resolve("fd"))) {
            var sockets = sockets(files);
            return inodes(table).stream().anyMatch(sockets::contains);
        } catch (IOException | java.io.UncheckedIOException e) {
            return false; // it has ended
        }
    }

    /** Inodes of all sockets that listen to traces; columns as of Linux 2.6.26: sk Eth Pid Groups ... Inode. */
    static Set<String> inodes(Stream<String> table) {
        var inodes = new HashSet<String>();
        table.map(line -> line.strip().split("\\s+")).forEach(words -> {
            if (words.length >= 10
                    && words[1].equals(Integer.toString(NETFILTER))
                    && (Long.parseUnsignedLong(words[3], 16) & TRACES) != 0) {
                inodes.add(words[9]);
            }
        });
        return inodes;
    }

    private static Set<String> sockets(Stream<Path> files) {
        var inodes = new HashSet<String>();
        files.forEach(file -> {
            try {
                var target = Files.readSymbolicLink(file).toString();
                if (target.startsWith(SOCKET)) {
                    inodes.add(target.substring(SOCKET.length(), target.length() - 1));
                }
            } catch (IOException e) {
                // It was closed in this moment.
            }
        });
        return inodes;
    }
}
