package io.portero.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.policy.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PolicyReaderTest {
    private static final String GOOD = "services: { ssh: { ports: [22/tcp], from: [any], management: true } }\n";

    @TempDir
    private Path directory;

    private Path write(byte[] content) throws IOException {
        var file = directory.resolve("portero.yaml");
        Files.write(file, content);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        return file;
    }

    private String refusal(Path file) {
        return switch (new PolicyReader().read(file)) {
            case Loaded.Accepted accepted -> throw new AssertionError("accepted");
            case Loaded.Refused refused ->
                refused.problems().stream().map(Problem::toString).collect(Collectors.joining("\n"));
        };
    }

    @Test
    void readsAPolicy() throws IOException {
        var loaded = new PolicyReader().read(write(GOOD.getBytes(StandardCharsets.UTF_8)));
        assertThat(loaded).isInstanceOf(Loaded.Accepted.class);
        assertThat(loaded.problems()).isEmpty();
    }

    @Test
    void warnsIfAllWhoCanManageTheHostWillLeave() throws IOException {
        var policy = """
                groups:
                  admins: [{ address: 192.0.2.7, until: 2999-06-30T18:00Z }, { address: 192.0.2.8, until: 2999-12-31T18:00Z }]
                  phones: [{ address: 192.0.2.9, until: 2999-01-01T00:00Z }]
                services:
                  ssh: { ports: [22/tcp], from: [admins%s], management: true }
                  sip: { ports: [5060/udp], from: [phones] }
                """;
        var all = new PolicyReader().read(write(policy.formatted("").getBytes(StandardCharsets.UTF_8)));
        assertThat(all.problems())
                .singleElement()
                .satisfies(p -> assertThat(p.toString())
                        .contains("from 2999-12-31T18:00:00Z on nobody is admitted")
                        .contains("add a source without until"));
        var rest = policy.formatted(", 192.0.2.10").getBytes(StandardCharsets.UTF_8);
        assertThat(new PolicyReader().read(write(rest)).problems()).isEmpty();
    }

    @Test
    void refusesAFileThatOthersMayWrite() throws IOException {
        var file = write(GOOD.getBytes(StandardCharsets.UTF_8));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-r--"));
        assertThat(refusal(file)).contains("chmod go-w " + file);
    }

    @Test
    void acceptsAnNftThatOnlyRootOrTheAgentsUserCanChange() throws IOException {
        var nft = nft("rwxr-xr-x");
        assertThat(new PolicyReader().read(naming(nft)))
                .isInstanceOfSatisfying(
                        Loaded.Accepted.class,
                        accepted -> assertThat(accepted.settings().nft()).contains(nft));
        assertThat(new PolicyReader().nft(naming(nft))).contains(nft);
    }

    @Test
    void refusesAnNftThatIsMissingOrThatOthersCouldReplace() throws IOException {
        var open = nft("rwxrwxr-x");
        assertThat(refusal(naming(open))).contains(":2: agent.nft: ").contains("chmod go-w " + open);
        assertThat(new PolicyReader().nft(naming(open))).isEmpty();
        assertThat(refusal(naming(nft("rw-r--r--")))).contains("is not an executable file");
        assertThat(refusal(naming(directory.resolve("absent"))))
                .contains("there is no " + directory.resolve("absent") + "; install it");
        var shared = Files.createDirectory(directory.resolve("shared"));
        var behind = Files.copy(nft("rwxr-xr-x"), shared.resolve("nft"));
        Files.setPosixFilePermissions(behind, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setPosixFilePermissions(shared, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThat(refusal(naming(behind))).contains("chmod go-w " + shared);
        var link = Files.createSymbolicLink(directory.resolve("link"), behind);
        assertThat(refusal(naming(link))).contains("chmod go-w " + shared);
    }

    @Test
    void acceptsALastGoodPolicyWhoseNftIsMissing() {
        assertThat(new PolicyReader().parse("last-good", GOOD + "agent: { nft: /nowhere/nft }\n"))
                .isInstanceOf(Loaded.Accepted.class);
    }

    private Path nft(String permissions) throws IOException {
        var file = directory.resolve("nft");
        Files.deleteIfExists(file);
        Files.writeString(file, "#!/bin/sh\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
        return file;
    }

    private Path naming(Path nft) throws IOException {
        return write((GOOD + "agent: { nft: " + nft + " }\n").getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void refusesAPathThatIsNotAFile() throws IOException {
        assertThat(refusal(directory)).contains("it is a directory");
        assertThat(refusal(directory.resolve("absent"))).contains("there is no such file");
        assertThat(refusal(Path.of("/dev/null"))).contains("it is a special file");
    }

    @Test
    void refusesAFileThatIsNotText() throws IOException {
        assertThat(refusal(write(new byte[] {'a', ':', (byte) 0xff, (byte) 0xfe})))
                .contains("not UTF-8 text");
        assertThat(refusal(write(new byte[] {'a', ':', 0, 1}))).contains("U+0000 is not allowed in YAML");
        var garbage = new byte[10 * 1024 * 1024];
        new Random(1).nextBytes(garbage);
        assertThat(refusal(write(garbage))).contains("a policy has at most");
    }

    @Test
    void refusesDeepNestingWithoutAnOverflow() throws IOException {
        assertThat(refusal(write("[".repeat(100_000).getBytes(StandardCharsets.UTF_8))))
                .contains("this is not YAML")
                .hasLineCount(1);
    }

    @Test
    void neverPrintsMoreThanOneLinePerProblem() {
        var random = new Random(3);
        for (int round = 0; round < 2000; round++) {
            var text = new StringBuilder(GOOD + "groups: { a: [192.0.2.1], b: [\"::1\"] }\ndeny: [b]\n");
            for (int i = 0; i < 1 + random.nextInt(6); i++) {
                int at = random.nextInt(text.length());
                switch (random.nextInt(3)) {
                    case 0 -> text.deleteCharAt(at);
                    case 1 -> text.insert(at, "{}[]:,#\"'\n\t&*!|>%@-0a".charAt(random.nextInt(21)));
                    default -> text.setCharAt(at, (char) (32 + random.nextInt(95)));
                }
            }
            for (var problem : new PolicyReader().parse("f", text.toString()).problems()) {
                assertThat(problem.toString()).hasLineCount(1).doesNotContain("Exception");
            }
        }
    }
}
