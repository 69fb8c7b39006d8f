package io.portero.bans;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.apply.Firewall.Reading;
import io.portero.config.PolicyReader;
import io.portero.drift.DriftWatch;
import io.portero.drift.TableWatch;
import io.portero.events.Event;
import io.portero.events.Trigger;
import io.portero.nft.KernelNamespace;
import io.portero.nft.NftFirewall;
import io.portero.plan.Snapshot;
import io.portero.reconcile.FakeHost;
import io.portero.reconcile.Keeping;
import io.portero.reconcile.Reconciler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The table can always be rebuilt in the kernel, whatever bans are stored. */
class RebuildIT {
    private static final String ALPHABET =
            "abc XYZ 019 .:;,{}()[]#$%&'*/<>=@_|~^`!?+- \"\\\t\r\u0000\u00e9\u6771\ud83d\ude00";

    @TempDir
    private Path directory;

    private final KernelNamespace kernel = KernelNamespace.create();
    private final NftFirewall firewall = new NftFirewall(kernel);
    private final List<Event> events = new ArrayList<>();
    private Path file;

    @BeforeEach
    void write() throws IOException {
        file = directory.resolve("portero.yaml");
        Files.writeString(file, "services: { ssh: { ports: [22/tcp], from: [any], management: true } }\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        Files.createDirectory(directory.resolve("state"));
    }

    @AfterEach
    void close() {
        kernel.close();
    }

    private Reconciler agent() {
        var clock = Clock.systemUTC();
        return new Reconciler(
                file,
                new PolicyReader(),
                firewall,
                DriftWatch.over(TableWatch.DEAF, System::nanoTime),
                new FakeHost(),
                Keeping.in(directory.resolve("state"), directory.resolve("run"), clock, System::nanoTime),
                clock,
                List.of((e, status) -> events.add(e)));
    }

    private void remember(byte[] bans) throws IOException {
        Files.write(directory.resolve("state/bans"), bans);
    }

    private void remember(String bans) throws IOException {
        remember(bans.getBytes(StandardCharsets.UTF_8));
    }

    private static String in(long seconds) {
        return Instant.now().plusSeconds(seconds).toString();
    }

    private void assertClosed() {
        assertThat(firewall.read())
                .isInstanceOfSatisfying(
                        Reading.Of.class,
                        r -> assertThat(((Snapshot) r.value()).chains()).containsKey("prerouting"));
    }

    private TreeSet<String> banned() {
        var banned = new TreeSet<String>();
        for (var set : List.of("banned_v4", "banned_v6", "banned.nets_v4", "banned.nets_v6")) {
            if (firewall.members(set) instanceof Reading.Of<?>(var members)) {
                ((List<?>) members)
                        .forEach(m -> banned.add(
                                ((io.portero.plan.TimedMember) m).range().toString()));
            }
        }
        return banned;
    }

    /** Rebuilds at the start, and again after the table was deleted. */
    private void assertRebuiltWith(String... addresses) {
        var agent = agent();
        agent.pass(Trigger.STARTUP);
        assertClosed();
        assertThat(banned()).contains(addresses);
        kernel.nft("delete table inet portero\n");
        agent.pass(Trigger.PERIODIC);
        assertClosed();
        assertThat(banned()).contains(addresses);
        assertThat(events).noneMatch(Event.LeftOut.class::isInstance);
        int commits = events.size();
        agent.pass(Trigger.PERIODIC);
        assertThat(events.subList(commits, events.size()))
                .as("nothing is left to settle")
                .noneMatch(Event.BansChanged.class::isInstance);
    }

    @Test
    void withABanOfTenYears() throws IOException {
        remember("boot x\n" + in(3650L * 86_400) + " 192.0.2.1 portero ban\n");
        assertRebuiltWith("192.0.2.1");
    }

    @Test
    void withNetworksThatOverlapAndBansOfSeveralOwners() throws IOException {
        remember("boot x\n"
                + "ban\tever\t198.51.0.0/16\thand\t-\twhy\n"
                + "ban\t" + in(500) + "\t198.51.100.0/24\tfail2ban:ssh\tforced\t\n"
                + "ban\t" + in(500) + "\t192.0.2.1\ta\t-\t\n"
                + "ban\t" + in(900) + "\t192.0.2.1\tb\t-\t\n"
                + "ban\t" + in(500) + "\t2001:db8::/32\ta\t-\tx, y\n"
                + "ban\t" + in(900) + "\t2001:db8:1::-2001:db8:1::ff\tb\t-\t\n");
        assertRebuiltWith("192.0.2.1", "198.51.0.0/16", "2001:db8::/48", "2001:db8:1::/120");
        kernel.nft("flush set inet portero banned.nets_v4\nadd element inet portero banned.nets_v6 { 2a00::/32 }\n");
        agent().pass(Trigger.STARTUP);
        assertThat(banned()).contains("198.51.0.0/16").doesNotContain("2a00::/32");
    }

    @Test
    void withABanThatEndsAfterTheLastTimeOfTheKernelsClock() throws IOException {
        remember("boot x\n+1000000000-12-31T23:59:59Z 192.0.2.1 portero ban\n");
        assertRebuiltWith("192.0.2.1");
    }

    @Test
    void withQuotesBackslashesAndLongNotes() throws IOException {
        remember("boot x\never 192.0.2.1 a \"quoted\" note\n" + in(500) + " 192.0.2.2 back\\slash\n" + in(500)
                + " 192.0.2.3 " + "x".repeat(200) + "\n" + in(500) + " 2001:db8::3 " + "\u00e9".repeat(100) + "\n");
        assertRebuiltWith("192.0.2.1", "192.0.2.2", "192.0.2.3", "2001:db8::3");
    }

    @Test
    void withAFileOfNonsense() throws IOException {
        var bytes = new byte[100_000];
        new Random(1).nextBytes(bytes);
        remember(bytes);
        assertRebuiltWith();
    }

    @Test
    void withAnUnreadableFileAndADirectoryInItsPlace() throws IOException {
        var good = ("boot x\n" + in(500) + " 192.0.2.1 caf").getBytes(StandardCharsets.UTF_8);
        var latin = java.util.Arrays.copyOf(good, good.length + 2);
        latin[good.length] = (byte) 0xE9;
        latin[good.length + 1] = '\n';
        remember(latin);
        assertRebuiltWith("192.0.2.1");
        Files.delete(directory.resolve("state/bans"));
        Files.createDirectory(directory.resolve("state/bans"));
        kernel.nft("delete table inet portero\n");
        agent().pass(Trigger.STARTUP);
        assertClosed();
    }

    @RepeatedTest(12)
    void withRandomStoredBans(RepetitionInfo repetition) throws IOException {
        var random = new Random(repetition.getCurrentRepetition());
        var text = new StringBuilder("boot x\n");
        var lasting = new ArrayList<String>();
        for (int i = 0; i < 1 + random.nextInt(60); i++) {
            var address = random.nextBoolean() ? "192.0.2." + i : "2001:db8::" + Integer.toHexString(i + 1);
            long seconds = (long) Math.exp(random.nextDouble() * Math.log(3650.0 * 86_400));
            boolean ever = random.nextInt(6) == 0;
            if (ever || seconds > 60) {
                lasting.add(address);
            }
            text.append(ever ? "ever" : in(seconds))
                    .append(' ')
                    .append(address)
                    .append(' ')
                    .append(note(random))
                    .append(random.nextInt(10) == 0 ? "\n\n" : "\n");
        }
        remember(text.toString());
        assertRebuiltWith(lasting.toArray(String[]::new));
    }

    private static String note(Random random) {
        var points = ALPHABET.codePoints().toArray();
        var note = new StringBuilder(random.nextInt(3) == 0 ? "portero ban" : "");
        for (int i = random.nextInt(200); i > 0; i--) {
            note.appendCodePoint(points[random.nextInt(points.length)]);
        }
        return note.toString();
    }
}
