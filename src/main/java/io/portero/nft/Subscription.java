package io.portero.nft;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Tells from {@code /proc/PID/net/netlink} whether a process hears what the kernel tells of changes of nftables.
 *
 * <p>Each line there is a socket: its address, the netlink protocol, the port, which is the process number for the first socket of
 * a process, and the groups that it has joined as a mask (linux/netlink.h, linux/netfilter/nfnetlink.h).
 */
final class Subscription {
    /** NETLINK_NETFILTER. */
    private static final String NETFILTER = "12";
    /** NFNLGRP_NFTABLES is group 7. */
    private static final long NFTABLES = 1L << 6;

    private Subscription() {}

    /** Nothing where the kernel does not say, such as without /proc. */
    static Optional<Boolean> isThere(long pid) {
        try {
            return Optional.of(
                    isIn(Files.readString(Path.of("/proc/" + pid + "/net/netlink"), StandardCharsets.US_ASCII), pid));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** @param sockets the text of that file */
    static boolean isIn(String sockets, long pid) {
        return sockets.lines()
                .map(line -> line.strip().split(" +"))
                .anyMatch(words -> words.length > 3
                        && words[1].equals(NETFILTER)
                        && words[2].equals(Long.toString(pid))
                        && (Long.parseLong(words[3], 16) & NFTABLES) != 0);
    }
}
