package io.portero.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.portero.exec.Command;
import io.portero.exec.CommandResult;
import io.portero.exec.ProcessRunner;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The user namespace in which the demonstration runs for a user who is not root. */
class PrivilegeIT {
    @BeforeEach
    void needsUserNamespaces() {
        assumeTrue(
                asNobody(List.of("unshare", "-rnm", "true")).succeeded(),
                "this host lets only root create user namespaces");
    }

    private static String asNobody(String script) {
        var done = asNobody(Privilege.inUserNamespace(List.of("sh", "-c", script)));
        assertThat(done.succeeded()).as(done.errors()).isTrue();
        return done.output().strip();
    }

    private static CommandResult.Completed asNobody(List<String> command) {
        var words = new ArrayList<>(List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"));
        words.addAll(command);
        return switch (new ProcessRunner().run(new Command(words, "", Duration.ofSeconds(20)))) {
            case CommandResult.Completed done -> done;
            case CommandResult.NotStarted not -> throw new AssertionError(not.toString());
            case CommandResult.TimedOut out -> throw new AssertionError(out.toString());
        };
    }

    @Test
    void theDirectoriesAboveTheFilesOfTheLabBelongToTheUser() {
        assertThat(asNobody("stat -c '%n %u %a' / /run")).isEqualTo("/ 0 755\n/run 0 755");
    }

    @Test
    void theOtherDirectoriesAreThoseOfTheMachine() {
        assertThat(asNobody("ls -d /usr/bin /proc/self /tmp && ls -A /.old 2>&1 | grep -c 'No such file'"))
                .isEqualTo("/proc/self\n/tmp\n/usr/bin\n1");
    }

    @Test
    void aNetworkNamespaceCanBeMadeThere() {
        assertThat(asNobody("ip netns add here && ip netns exec here ip -o link && nft list tables"))
                .contains("lo:");
    }
}
