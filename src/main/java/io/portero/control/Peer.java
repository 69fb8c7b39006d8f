package io.portero.control;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.FileSystems;
import java.nio.file.attribute.UserPrincipal;
import java.util.Set;
import jdk.net.ExtendedSocketOptions;

/**
 * The process at the other end of a Unix socket.
 *
 * <p>The kernel reports its credentials (SO_PEERCRED, unix(7)), and the other side cannot forge them.
 */
final class Peer {
    private Peer() {}

    /** Whether the process runs as one of these users; false if the kernel or the runtime does not tell. */
    static boolean isOneOf(SocketChannel socket, Set<Integer> uids) throws IOException {
        if (!socket.supportedOptions().contains(ExtendedSocketOptions.SO_PEERCRED)) {
            return false;
        }
        var user = socket.getOption(ExtendedSocketOptions.SO_PEERCRED).user();
        for (int uid : uids) {
            if (user.equals(principal(uid))) {
                return true;
            }
        }
        return false;
    }

    private static UserPrincipal principal(int uid) throws IOException {
        return FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName(String.valueOf(uid));
    }
}
