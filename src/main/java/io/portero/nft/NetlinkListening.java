package io.portero.nft;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Tells whether a process has subscribed to the kernel's nftables events. nft does so some time after its start and
 * does not report it.
 *
 * <p>{@code /proc/PID/net/netlink} lists the sockets of the process's network namespace, each with the groups that it
 * listens to.
 */
enum NetlinkListening {
    /** NFNLGRP_NFTABLES, group 7 of linux/netfilter/nfnetlink.h. */
    CHANGES(7),
    /** NFNLGRP_NFTRACE. */
    TRACES(9);

    private static final String NETFILTER = "12";
    private static final String SOCKET = "socket:[";

    private final long mask;

    NetlinkListening(int group) {
        this.mask = 1L << (group - 1);
    }

    /** Nothing if it is unknown, for example after the process has ended. */
    Optional<Boolean> by(long pid) {
        var process = Path.of("/proc", Long.toString(pid));
        try (var table = Files.lines(process.resolve("net/netlink"));
                var files = Files.list(process.resolve("fd"))) {
            var sockets = sockets(files);
            return Optional.of(inodes(table).stream().anyMatch(sockets::contains));
        } catch (IOException | UncheckedIOException e) {
            return Optional.empty();
        }
    }

    /** The inodes of all subscribed sockets; columns as of Linux 2.6.26: sk Eth Pid Groups ... Inode. */
    Set<String> inodes(Stream<String> table) {
        var inodes = new HashSet<String>();
        table.map(line -> line.strip().split("\\s+")).forEach(words -> {
            if (words.length >= 10
                    && words[1].equals(NETFILTER)
                    && (Long.parseUnsignedLong(words[3], 16) & mask) != 0) {
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
                // It was just closed.
            }
        });
        return inodes;
    }
}
