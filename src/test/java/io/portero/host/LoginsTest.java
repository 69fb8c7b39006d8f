package io.portero.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.portero.host.LogindSessions.Login;
import io.portero.policy.Ip;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoginsTest {
    @TempDir
    private Path directory;

    private void session(String name, String text) throws IOException {
        Files.writeString(directory.resolve(name), text);
    }

    @Test
    void readsRemoteLoginsFromLogind() throws IOException {
        session("4", "UID=0\nUSER=root\nSTATE=active\nREMOTE=1\nREMOTE_HOST=203.0.113.9\nSERVICE=sshd\n");
        session("5", "UID=0\nSTATE=active\nREMOTE=0\nSERVICE=login\n");
        session("6", "UID=0\nSTATE=closing\nREMOTE=1\nREMOTE_HOST=203.0.113.10\n");
        session("7", "UID=0\nSTATE=active\nREMOTE=1\nREMOTE_HOST=bastion.example\n");
        session("8.ref", "");
        assertThat(LogindSessions.read(directory))
                .extracting(l -> l.id() + ", " + l.from())
                .containsExactly("logind session 4, 203.0.113.9");
    }

    /**
     * systemd before 256 keeps a pipe beside each session, which stays open at the other end while the session lives.
     */
    @Test
    void doesNotBlockOnThePipeOfASession() throws Exception {
        session("30", "STATE=active\nREMOTE=1\nREMOTE_HOST=203.0.113.9\n");
        var pipe = directory.resolve("30.ref");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        try (var otherEnd = new RandomAccessFile(pipe.toFile(), "rw")) {
            assertThat(otherEnd.getFD().valid()).isTrue();
            var logins = assertTimeoutPreemptively(Duration.ofSeconds(20), () -> LogindSessions.read(directory));
            assertThat(logins).extracting(Login::id).containsExactly("logind session 30");
        }
    }

    /**
     * A directory lists its files in any order; an older login must not hide a login that is newer than a probation.
     */
    @Test
    void theLatestLoginOfAPeerCounts() throws Exception {
        session("30", "STATE=active\nREMOTE=1\nREMOTE_HOST=203.0.113.9\nREALTIME=1795632013711941\n");
        session("c9", "STATE=active\nREMOTE=1\nREMOTE_HOST=203.0.113.9\nREALTIME=1795632019799858\n");
        session("100", "STATE=active\nREMOTE=1\nREMOTE_HOST=203.0.113.9\nREALTIME=1795632014711941\n");
        var found = LogindSessions.read(directory);
        for (var order : List.of(found, found.reversed())) {
            var logins = new Logins(SshLogins.read(directory), order);
            assertThat(logins.of(Ip.parse("203.0.113.9")))
                    .containsExactly("logind session c9", "logind session 100", "logind session 30");
        }
    }

    private static byte[] entry(int type, int pid, byte[] address) {
        var entry = ByteBuffer.allocate(384).order(ByteOrder.LITTLE_ENDIAN);
        entry.putShort(0, (short) type).putInt(4, pid);
        entry.position(76).put("somewhere.example".getBytes(StandardCharsets.US_ASCII));
        entry.position(348).put(address);
        return entry.array();
    }

    @Test
    void readsUtmpOfBothFamilies() {
        var six = new byte[16];
        six[0] = 0x20;
        six[1] = 0x01;
        six[2] = 0x0d;
        six[3] = (byte) 0xb8;
        six[15] = 9;
        var records = ByteBuffer.allocate(4 * 384)
                .put(entry(7, 11, new byte[] {(byte) 203, 0, 113, 9}))
                .put(entry(8, 12, new byte[] {(byte) 203, 0, 113, 10}))
                .put(entry(7, 13, new byte[4]))
                .put(entry(7, 14, six))
                .array();
        assertThat(Utmp.parse(records))
                .extracting(l -> l.id() + ", " + l.from())
                .containsExactly("utmp entry of process 11, 203.0.113.9", "utmp entry of process 14, 2001:db8::9");
    }

    @Test
    void recognisesLoginsByTheTitleOfTheSshdProcess() throws IOException {
        process("100", "sshd: root@pts/0", 7);
        process("101", "sshd: [accepted]", 8);
        process("102", "sshd: ann [priv]", 9);
        process("103", "sshd-session: ann", 10);
        process("104", "sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups", 11);
        var logins = SshLogins.read(directory);
        assertThat(logins.login(7)).contains("ssh session 7");
        assertThat(logins.isPending(8)).isTrue();
        assertThat(logins.isPending(9)).isTrue();
        assertThat(logins.login(10)).isPresent();
        assertThat(logins.login(11)).isEmpty();
    }

    private void process(String pid, String title, int inode) throws IOException {
        var descriptors = Files.createDirectories(directory.resolve(pid).resolve("fd"));
        Files.writeString(directory.resolve(pid).resolve("comm"), "sshd\n");
        Files.writeString(directory.resolve(pid).resolve("cmdline"), title);
        Files.createSymbolicLink(descriptors.resolve("3"), Path.of("socket:[" + inode + "]"));
    }
}
