package io.portero.host;

import io.portero.host.LogindSessions.Login;
import io.portero.policy.Family;
import io.portero.policy.Ip;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The logins from other hosts in {@code /run/utmp}, for hosts without systemd-logind.
 *
 * <p>Records of 384 bytes, as utmp(5) and the GNU C library have them on every 64-bit Linux; little-endian, except for
 * the address, which is in network order. Debian 13 no longer keeps this file.
 */
final class Utmp {
    private static final int SIZE = 384;
    private static final int PID = 4;
    private static final int SECONDS = 340;
    private static final int ADDRESS = 348;
    private static final short USER_PROCESS = 7;
    private static final int MOST = 10_000;

    private Utmp() {}

    static List<Login> read(Path file) {
        try (var input = Files.newInputStream(file)) {
            return parse(input.readNBytes(MOST * SIZE));
        } catch (IOException e) {
            return List.of();
        }
    }

    static List<Login> parse(byte[] records) {
        var logins = new ArrayList<Login>();
        for (int at = 0; at + SIZE <= records.length; at += SIZE) {
            var entry = ByteBuffer.wrap(records, at, SIZE).slice().order(ByteOrder.LITTLE_ENDIAN);
            var from = address(entry.duplicate().position(ADDRESS).order(ByteOrder.BIG_ENDIAN));
            if (entry.getShort(0) == USER_PROCESS && !from.isUnspecified()) {
                logins.add(new Login("utmp entry of process " + entry.getInt(PID), from, entry.getInt(SECONDS)));
            }
        }
        return logins;
    }

    /** An IPv4 address fills the first four bytes of the sixteen. */
    private static Ip address(ByteBuffer bytes) {
        long first = Integer.toUnsignedLong(bytes.getInt());
        long second = Integer.toUnsignedLong(bytes.getInt());
        long low = bytes.getLong();
        return second == 0 && low == 0 ? new Ip(Family.V4, 0, first) : new Ip(Family.V6, first << 32 | second, low);
    }
}
