package io.portero.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.portero.apply.FakeFirewall;
import io.portero.config.PolicyReader;
import io.portero.exec.CommandResult;
import io.portero.fleet.FakeStore;
import io.portero.fleet.HostSettings.StoreSettings;
import io.portero.fleet.OperatorStore;
import io.portero.fleet.Report;
import io.portero.fleet.RollState;
import io.portero.fleet.SigningKeys;
import io.portero.fleet.SshKeygen;
import io.portero.names.DnsResolver;
import io.portero.reconcile.FakeHost;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The output and the exit codes of the fleet commands, with a store in memory and the real ssh-keygen. */
class FleetCommandsIT {
    private static final String POLICY = "services: { sip: { ports: [5060/udp], from: [any] } }\n";
    private static final String WRONG_POLICY = "services: { sip: { ports: [5060/udq], from: [any] } }\n";
    private static final String HOST = "services: { ssh: { ports: [22/tcp], from: [192.0.2.1], management: true } }\n";

    @TempDir
    private Path base = Path.of("");

    private final FakeStore store = new FakeStore();
    private final StringWriter output = new StringWriter();
    private final StringWriter errors = new StringWriter();
    private Path fleet = Path.of("");
    private SigningKeys keys = new SigningKeys(Path.of(""));
    private boolean isStoreAway;
    private boolean isKeygenMissing;

    @BeforeEach
    void aFleetOfTwo() throws IOException {
        keys = new SigningKeys(Files.createDirectories(base.resolve("keys")));
        fleet = Files.createDirectories(base.resolve("fleet"));
        write(
                "fleet.yaml",
                "fleet: example\nstore: { nats: [\"nats://nats1.example:4222\"] }\nhosts:\n"
                        + "  voice1: { role: voice, canary: true }\n  voice2: { role: voice }\n");
        write("roles/voice.yaml", POLICY);
        write("hosts/voice1.yaml", HOST);
        write("hosts/voice2.yaml", HOST);
    }

    private void write(String name, String text) throws IOException {
        var file = fleet.resolve(name);
        Files.createDirectories(file.resolveSibling(""));
        Files.writeString(file, text);
    }

    private int run(String command, String... options) {
        output.getBuffer().setLength(0);
        errors.getBuffer().setLength(0);
        var words = new ArrayList<>(List.of("fleet", command, fleet.toString()));
        words.addAll(List.of(options));
        return PorteroCommand.commandLine(tools())
                .setOut(new PrintWriter(output, true))
                .setErr(new PrintWriter(errors, true))
                .execute(words.toArray(String[]::new));
    }

    private int sign(String... options) {
        var words = new ArrayList<>(List.of(options));
        words.addAll(List.of("--key", keys.of("alice").toString()));
        return run("sign", words.toArray(String[]::new));
    }

    private JsonNode json() throws IOException {
        return new ObjectMapper().readTree(output.toString());
    }

    /** Expects one sentence and no other output. */
    private void says(String sentence) {
        assertThat(output.toString()).isEmpty();
        assertThat(errors.toString()).isEqualTo("portero: " + sentence + "\n");
    }

    private void signedAndPushed(String policy) throws IOException {
        write("roles/voice.yaml", policy);
        assertThat(sign()).isEqualTo(ExitCode.DONE);
        assertThat(run("push")).isEqualTo(ExitCode.DONE);
    }

    private void reports(String host, long version, String outcome, String why) {
        store.reports.put(
                host,
                new Report(
                        host,
                        "voice",
                        version,
                        outcome,
                        Optional.of(why).filter(w -> !w.isEmpty()),
                        true,
                        false,
                        0,
                        0,
                        Instant.now()));
    }

    @Test
    void checkCountsValidHostsAndReportsACommonProblemOnce() throws IOException {
        assertThat(run("check")).isEqualTo(ExitCode.DONE);
        assertThat(output.toString()).isEqualTo(fleet + ": 2 of 2 hosts good\n");
        assertThat(errors.toString()).isEmpty();
        assertThat(run("check", "--json")).isEqualTo(ExitCode.DONE);
        assertThat(json().path("accepted").asBoolean()).isTrue();

        write("roles/voice.yaml", WRONG_POLICY);
        assertThat(run("check")).isEqualTo(ExitCode.REFUSED);
        assertThat(output.toString()).isEqualTo(fleet + ": 0 of 2 hosts good\n");
        assertThat(errors.toString())
                .startsWith("voice1, voice2: roles/voice.yaml: services.sip.ports: ")
                .hasLineCount(1);
        assertThat(run("check", "--json")).isEqualTo(ExitCode.REFUSED);
        assertThat(json().path("hosts").path("voice2").path("accepted").asBoolean(true))
                .isFalse();
        assertThat(json().path("hosts").path("voice2").path("problems")).hasSize(1);
        assertThat(errors.toString()).isEmpty();
    }

    @Test
    void reportsADirectoryWithoutAFleetAndARoleWithoutAPolicy() throws IOException {
        Files.delete(fleet.resolve("roles/voice.yaml"));
        for (var command : List.of("check", "plan", "push", "roll", "status", "back")) {
            assertThat(run(
                            command,
                            command.equals("back")
                                    ? new String[] {"--key", keys.of("alice").toString()}
                                    : new String[0]))
                    .isEqualTo(ExitCode.REFUSED);
            says(fleet
                    + "/roles/voice.yaml: there is no such file, but fleet.yaml gives the role voice to voice1; write"
                    + " the policy of that role there");
        }
        Files.delete(fleet.resolve("fleet.yaml"));
        assertThat(run("check")).isEqualTo(ExitCode.REFUSED);
        says(fleet + "/fleet.yaml: there is no such file; create it, or name the directory of your fleet (the current"
                + " one is taken otherwise)");
    }

    @Test
    void planComparesWithTheLastSignedVersion() throws IOException {
        assertThat(sign()).isEqualTo(ExitCode.DONE);
        assertThat(run("plan", "--detailed-exitcode")).isEqualTo(ExitCode.DONE);
        assertThat(output.toString()).isEqualTo("no host would change\n");

        write("roles/voice.yaml", POLICY.replace("5060", "5070"));
        assertThat(run("plan", "--detailed-exitcode")).isEqualTo(ExitCode.DIFFERENT);
        assertThat(output.toString())
                .startsWith("voice1, voice2:\n  ")
                .contains("5070/udp (sip): all addresses gain access", "5060/udp (sip): all addresses lose access")
                .endsWith("\n2 of 2 hosts would change\n");
        assertThat(run("plan", "--json")).isEqualTo(ExitCode.DONE);
        assertThat(json().path("changes").asBoolean()).isTrue();
        assertThat(json().path("hosts").path(1).path("host").asText()).isEqualTo("voice2");

        write("roles/voice.yaml", WRONG_POLICY);
        assertThat(run("plan")).isEqualTo(ExitCode.REFUSED);
        assertThat(output.toString()).isEmpty();
        assertThat(errors.toString()).startsWith("voice1, voice2: roles/voice.yaml: services.sip.ports: ");
    }

    @Test
    void signReportsTheVersionAndTheNextStep() throws IOException {
        assertThat(sign()).isEqualTo(ExitCode.DONE);
        assertThat(output.toString())
                .isEqualTo("signed version 1: 1 role, 1 signature; next: portero fleet push, or portero fleet roll\n");
        assertThat(run("sign", "--json", "--key", keys.of("bob").toString())).isEqualTo(ExitCode.DONE);
        assertThat(json().toString())
                .isEqualTo("{\"version\":1,\"roles\":1,\"signatures\":2,\"new\":false,\"lists_removed\":0}");
        write("roles/voice.yaml", WRONG_POLICY);
        assertThat(sign()).isEqualTo(ExitCode.REFUSED);
        assertThat(errors.toString()).endsWith("\nportero: nothing is signed, because a host would refuse it\n");
    }

    @Test
    void signReportsWhyItFails() {
        assertThat(sign("--existing")).isEqualTo(ExitCode.REFUSED);
        says("nothing is signed yet; run the command without --existing");
        assertThat(run("sign", "--key", base + "/nobody")).isEqualTo(ExitCode.REFUSED);
        says(base + "/nobody: there is no such key; name another with --key, or make one: ssh-keygen -t ed25519 -f "
                + base + "/nobody");
        assertThat(sign("--version-number", "7")).isEqualTo(ExitCode.DONE);
        assertThat(sign("--version-number", "7")).isEqualTo(ExitCode.REFUSED);
        says(
                "version 7 is not higher than version 7, which is signed already; leave --version-number out for the next");
        isKeygenMissing = true;
        assertThat(sign()).isEqualTo(ExitCode.REFUSED);
        says("the program ssh-keygen could not be started; install it: apt-get install openssh-client");
    }

    @Test
    void pushReportsTheVersionAndWhyItFails() throws IOException {
        assertThat(run("push")).isEqualTo(ExitCode.REFUSED);
        says("nothing is signed yet; sign it: portero fleet sign");
        signedAndPushed(POLICY);
        assertThat(output.toString()).isEqualTo("pushed version 1 for 1 role; see portero fleet status\n");
        signedAndPushed(POLICY.replace("5060", "5070"));
        assertThat(run("push", "--json")).isEqualTo(ExitCode.DONE);
        assertThat(json().toString()).isEqualTo("{\"version\":2,\"roles\":1,\"lists_removed\":0}");

        Files.delete(fleet.resolve("signed/voice.bundle"));
        assertThat(sign()).isEqualTo(ExitCode.DONE); // version 1 again
        assertThat(run("push")).isEqualTo(ExitCode.REFUSED);
        says("the store holds version 2 for the role voice already; sign a higher one: portero fleet sign"
                + " --version-number 3");
    }

    @Test
    void anUnreachableStoreIsReportedInOneSentence() throws IOException {
        assertThat(sign()).isEqualTo(ExitCode.DONE);
        isStoreAway = true;
        for (var command : List.of("push", "roll", "status")) {
            assertThat(run(command)).isEqualTo(ExitCode.FAILED);
            says("the store is away");
        }
        assertThat(run("back", "--key", keys.of("alice").toString())).isEqualTo(ExitCode.FAILED);
        says("the store is away");
    }

    @Test
    void withoutANatsStoreTheMessageNamesTheRemedy() throws IOException {
        write("fleet.yaml", "fleet: example\nhosts: { voice1: { role: voice } }\n");
        assertThat(run("status")).isEqualTo(ExitCode.REFUSED);
        says(fleet + "/fleet.yaml: store: no store is set; set one, or serve " + fleet + "/signed with any web server");
        write(
                "fleet.yaml",
                "fleet: example\nstore: { https: \"https://policy.example/f\" }\nhosts: { voice1: { role: voice } }\n");
        assertThat(run("status")).isEqualTo(ExitCode.REFUSED);
        says(fleet + "/fleet.yaml: store.https: a web server takes no push and knows no roll and no status; copy "
                + fleet + "/signed to the place that it serves as https://policy.example/f/");
    }

    @Test
    void rollFinishesAndStatusShowsEachHost() throws IOException {
        signedAndPushed(POLICY);
        reports("voice1", 1, "applied", "");
        assertThat(run("status")).isEqualTo(ExitCode.DIFFERENT);
        assertThat(output.toString())
                .contains("voice2               voice ", " not seen")
                .endsWith("\n1 of 2 hosts well\n");
        reports("voice2", 1, "applied", "");
        assertThat(run("roll", "--soak", "0", "--rings", "100")).isEqualTo(ExitCode.DONE);
        assertThat(output.toString()).isEqualTo("version 1 was rolled out by " + FleetArgument.operator() + "\n");
        assertThat(errors.toString())
                .isEqualTo("version 1, the canaries: 1 host\nversion 1, the ring of 100 %: 2 hosts\n");
        assertThat(run("status", "--json")).isEqualTo(ExitCode.DONE);
        assertThat(json().path("roll").path("phase").asText()).isEqualTo("done");
        assertThat(json().path("hosts").path(1).path("version").asInt()).isEqualTo(1);
    }

    @Test
    void aRollThatHaltsFails() throws IOException {
        signedAndPushed(POLICY);
        reports("voice1", 1, "rolled_back", "not confirmed in time");
        assertThat(run("roll", "--soak", "0", "--json")).isEqualTo(ExitCode.FAILED);
        assertThat(json().path("phase").asText()).isEqualTo("halted");
        assertThat(json().path("why").asText()).isEqualTo("voice1 rolled it back: not confirmed in time");
    }

    @Test
    void duringARollOtherOperatorsAreToldWhoRolls() throws Exception {
        assertThat(sign()).isEqualTo(ExitCode.DONE);
        var since = Instant.now();
        store.putRoll(RollState.begun(1, "bob@desk", List.of(100), since).bytes(), 0);
        for (var command : List.of("push", "roll")) {
            assertThat(run(command)).isEqualTo(ExitCode.REFUSED);
            says("bob@desk rolls version 1 out, at the canaries, since " + since
                    + "; wait for it, or end it with portero fleet back");
        }
    }

    @Test
    void rollExplainsInvalidOptions() {
        for (var wrong : List.of("--rings=50,10,100", "--rings=10", "--rings=x", "--soak=-1", "--patience=0")) {
            assertThat(run("roll", wrong)).as(wrong).isEqualTo(ExitCode.USAGE);
        }
        assertThat(run("nothing")).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void backPushesThePreviousContentAsANewVersion() throws IOException {
        var key = new String[] {"--key", keys.of("alice").toString()};
        assertThat(run("back", key)).isEqualTo(ExitCode.REFUSED);
        says("the store has no earlier version; push a bundle first");
        signedAndPushed(POLICY);
        assertThat(run("back", key)).isEqualTo(ExitCode.REFUSED);
        says("the store has no older version that differs; sign and push your own version");
        signedAndPushed(POLICY.replace("5060", "5070"));
        assertThat(run("back", key[0], keys.of("mallory").toString())).isEqualTo(ExitCode.REFUSED);
        says(
                "the bundle in the store for the role voice is signed neither by your key nor by a key in allowed_signers of"
                        + " the fleet directory; add the signer's line there, or sign and push your own version");
        assertThat(run("back", key[0], base + "/nobody")).isEqualTo(ExitCode.REFUSED);
        assertThat(errors.toString()).startsWith("portero: " + base + "/nobody: there is no such key; ");
        assertThat(run("back", key)).isEqualTo(ExitCode.DONE);
        assertThat(output.toString()).isEqualTo("version 3 brings back the previous content\n");
        assertThat(Files.readString(fleet.resolve("signed/voice.bundle"))).contains("5060/udp");
        assertThat(run("back", key[0], key[1], "--json", "--no-push")).isEqualTo(ExitCode.DONE);
        assertThat(json().toString()).isEqualTo("{\"version\":4,\"pushed\":false}");
    }

    private Tools tools() {
        var some = new Tools(
                new FakeFirewall(), new FakeHost(), new PolicyReader(), new DnsResolver(), l -> 1, c -> 1, a -> 1);
        return new Tools(
                some.firewall(),
                some.host(),
                some.examination(),
                some.reader(),
                some.resolver(),
                some.daemon(),
                some.demo(),
                some.probe(),
                some.terminal(),
                some.tracer(),
                some.scripts(),
                some.stage(),
                new Operator());
    }

    /** An operator at a laptop, which may have no ssh-keygen and no connection to the store. */
    private final class Operator implements Tools.Fleet {
        @Override
        public int run(Path config, Path directory, Path runDirectory) {
            throw new AssertionError(config);
        }

        @Override
        public SshKeygen keygen() {
            return isKeygenMissing
                    ? new SshKeygen(c -> new CommandResult.NotStarted(c.program(), "no such file"))
                    : keys.keygen();
        }

        @Override
        public OperatorStore open(StoreSettings.Nats settings) throws IOException {
            if (isStoreAway) {
                throw new IOException("the store is away");
            }
            return store;
        }
    }
}
