package io.portero.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.telephony.Installation;
import io.portero.telephony.Use;
import io.portero.telephony.VoiceProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class VoiceProgramsTest {
    @TempDir
    private Path directory;

    private Path write(String file, String text) throws IOException {
        var path = directory.resolve(file);
        Files.createDirectories(path.getParent());
        return Files.writeString(path, text);
    }

    /** Creates a process as {@code /proc} shows it. */
    private void process(int pid, String name, String root, String network, String... arguments) throws IOException {
        write("proc/" + pid + "/comm", name + "\n");
        write("proc/" + pid + "/cmdline", name + "\0" + String.join("\0", arguments) + "\0");
        Files.createDirectories(directory.resolve(root));
        Files.createSymbolicLink(directory.resolve("proc/" + pid + "/root"), directory.resolve(root));
        Files.createDirectories(directory.resolve("proc/" + pid + "/ns"));
        Files.createSymbolicLink(directory.resolve("proc/" + pid + "/ns/net"), Path.of(network));
    }

    private List<Installation> find() throws IOException {
        Files.createDirectories(directory.resolve("proc/self/ns"));
        var self = directory.resolve("proc/self/ns/net");
        if (!Files.isSymbolicLink(self)) {
            Files.createSymbolicLink(self, Path.of("net:[1]"));
        }
        Files.createDirectories(directory.resolve("root"));
        return new VoicePrograms(directory.resolve("proc"), directory.resolve("root")).find();
    }

    @Test
    void findsNothingOnAnEmptyHost() throws IOException {
        assertThat(find()).isEmpty();
    }

    @Test
    void readsTheFilesOfAContainerThroughItsProcess() throws IOException {
        process(4711, "asterisk", "container", "net:[1]", "-f");
        write("container/etc/asterisk/rtp.conf", "[general]\nrtpstart=40000\nrtpend=50000\n");
        write("root/etc/asterisk/rtp.conf", "[general]\nrtpstart=1000\nrtpend=2000\n");

        var found = find();
        assertThat(found).hasSize(2);
        var inside = found.getFirst();
        assertThat(inside.running()).isTrue();
        assertThat(inside.ownNetwork()).isFalse();
        assertThat(inside.root()).isEqualTo(directory.resolve("proc/4711/root").toString());
        assertThat(inside.open(Use.MEDIA).getFirst().ports()).hasToString("40000-50000/udp");
        assertThat(inside.path(inside.open(Use.MEDIA).getFirst())).endsWith("proc/4711/root/etc/asterisk/rtp.conf");
        assertThat(found.getLast().running())
                .as("the files of the host, where none runs")
                .isFalse();
    }

    @Test
    void readsTheFilesOfTheHostForItsOwnProgramAndOnceForAllItsProcesses() throws IOException {
        write("root/etc/rtpengine/rtpengine.conf", "[rtpengine]\nport-min = 21000\nport-max = 22000\n");
        process(1, "rtpengine", "root", "net:[1]", "--listen-ng=0.0.0.0:22222");
        process(2, "rtpengine", "root", "net:[1]", "--listen-ng=0.0.0.0:22222");

        assertThat(find()).singleElement().satisfies(i -> {
            assertThat(i.root()).isEmpty();
            assertThat(i.open(Use.CONTROL).getFirst().ports()).hasToString("22222/udp");
            assertThat(i.open(Use.MEDIA).getFirst().ports()).hasToString("21000-22000/udp");
        });
    }

    @Test
    void aContainerMayHaveItsOwnNetwork() throws IOException {
        process(7, "kamailio", "container", "net:[2]");
        assertThat(find())
                .singleElement()
                .satisfies(i -> assertThat(i.ownNetwork()).isTrue());
    }

    @Test
    void theSameProgramInAnotherNetworkIsASeparateInstallation() throws IOException {
        process(7, "turnserver", "root", "net:[2]", "-c", "/etc/turnserver.conf");
        process(8, "turnserver", "root", "net:[1]", "-c", "/etc/turnserver.conf");
        assertThat(find()).extracting(Installation::ownNetwork).containsExactlyInAnyOrder(true, false);
    }

    @Test
    void aLinkInAContainerCannotLeadOutOfIt() throws IOException {
        write("root/secret", "[general]\nrtpstart=1111\nrtpend=1111\n");
        write("container/inside.conf", "[general]\nrtpstart=2222\nrtpend=2222\n");
        Files.createDirectories(directory.resolve("container/etc/asterisk"));
        Files.createSymbolicLink(
                directory.resolve("container/etc/asterisk/rtp.conf"), Path.of("../../../../root/secret"));
        process(8, "asterisk", "container", "net:[1]");
        assertThat(find().getFirst().open(Use.MEDIA).getFirst().isDefault()).isTrue();

        Files.delete(directory.resolve("container/etc/asterisk/rtp.conf"));
        Files.createSymbolicLink(directory.resolve("container/etc/asterisk/rtp.conf"), Path.of("/inside.conf"));
        assertThat(find().getFirst().open(Use.MEDIA).getFirst().ports()).hasToString("2222/udp");
    }

    @Test
    @Timeout(10)
    void skipsPipesLoopsOfLinksAndDirectories() throws Exception {
        Files.createDirectories(directory.resolve("root/etc/asterisk/pjsip.conf"));
        Files.createSymbolicLink(directory.resolve("root/etc/asterisk/sip.conf"), Path.of("sip.conf"));
        var pipe = directory.resolve("root/etc/asterisk/rtp.conf");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();

        process(9, "asterisk", "root", "net:[1]");
        assertThat(find())
                .singleElement()
                .satisfies(i -> assertThat(i.program()).isEqualTo(VoiceProgram.ASTERISK));
    }
}
