package io.portero.nft;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NetlinkListeningTest {
    private static final String SOCKETS = """
            sk               Eth Pid        Groups   Rmem     Wmem     Dump  Locks    Drops    Inode
            0000000034f64c04 0   9438       00000440 0        0        0     2        0        4
            00000000836ca3d4 12  0          00000000 0        0        0     2        0        563
            00000000731ca3d4 12  9439       00000100 0        0        0     2        0        564
            000000001e0a2b8d 12  9438       00000140 0        0        0     2        0        43428110
            """;

    @Test
    void findsTheSocketsThatJoinedTheGroup() {
        assertThat(NetlinkListening.CHANGES.inodes(SOCKETS.lines())).containsExactly("43428110");
        assertThat(NetlinkListening.TRACES.inodes(SOCKETS.lines())).containsExactlyInAnyOrder("564", "43428110");
    }

    @Test
    void thisProcessDoesNotListen() {
        assertThat(NetlinkListening.CHANGES.by(ProcessHandle.current().pid())).contains(false);
    }

    @Test
    void nothingIsKnownAboutAnEndedProcess() {
        assertThat(NetlinkListening.CHANGES.by(Integer.MAX_VALUE)).isEmpty();
    }
}
