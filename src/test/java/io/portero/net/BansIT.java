package io.portero.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.portero.exec.Child;
import io.portero.exec.CommandResult;
import io.portero.lab.Outpost;
import io.portero.lab.Place;
import io.portero.lab.Reach;
import io.portero.policy.Family;
import io.portero.policy.Protocol;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Bans by commands and by a real fail2ban, tested with real packets. */
class BansIT {
    private static final String POLICY = """
            groups: { itsp: [203.0.113.0/24, "2001:db8:203::/48"], admins: [198.51.100.7, "2001:db8:ad::7"] }
            services:
              ssh:   { ports: [22/tcp],   from: [admins], management: true }
              https: { ports: [443/tcp],  from: [any] }
              sip:   { ports: [5060/udp], from: [itsp] }
            agent:
              reconcile-interval: 10m
              metrics: { host: 127.0.0.1 }
            """;
    private static final Duration LONG = Duration.ofSeconds(60);

    private TestLab net;
    private PackagedAgent agent;

    @BeforeEach
    void start() throws IOException {
        net = TestLab.build(Place.HOST, Place.STRANGER, Place.ITSP, Place.ADMIN);
        for (var port : new int[] {22, 443}) {
            net.lab.from(Place.HOST).listen(Protocol.TCP, port).join();
        }
        agent = PackagedAgent.start(net.lab, POLICY);
    }

    @AfterEach
    void stop() {
        agent.close();
        net.close();
    }

    private Reach https(Place place, Family family) {
        return net.lab
                .from(place)
                .reach(Protocol.TCP, Outpost.ANY_SOURCE, Place.HOST.address(family), 443, TestLab.A_MOMENT)
                .join();
    }

    private void awaitHttps(Reach reach) {
        for (var family : Family.values()) {
            await().atMost(LONG).until(() -> https(Place.STRANGER, family) == reach);
        }
    }

    private void ban(Place place) {
        for (var family : Family.values()) {
            var done = PackagedAgent.command(net.lab, "ban", place.address(family), "--for", "30m");
            assertThat(done.output() + done.errors()).isEqualTo("banned: " + place.address(family) + " for 30m\n");
        }
    }

    private void nft(String... words) {
        var all = new java.util.ArrayList<>(List.of("nft"));
        all.addAll(List.of(words));
        assertThat(net.lab.run(Place.HOST, all.toArray(String[]::new)))
                .isInstanceOfSatisfying(
                        CommandResult.Completed.class,
                        done -> assertThat(done.errors()).isEmpty());
    }

    @Test
    void aBanSurvivesPolicyChangesFlushesADeletedTableAndAReboot() throws IOException {
        awaitHttps(Reach.OPEN);
        ban(Place.STRANGER);
        awaitHttps(Reach.SILENT);
        for (var family : Family.values()) {
            assertThat(https(Place.ITSP, family)).isEqualTo(Reach.OPEN);
        }

        agent.edit(POLICY.replace("5060/udp", "5061/udp"));
        await().atMost(LONG).until(() -> agent.statusFile().contains("5061/udp"));
        awaitHttps(Reach.SILENT);

        nft("flush", "set", "inet", "portero", "banned_v4");
        nft("flush", "set", "inet", "portero", "banned_v6");
        awaitHttps(Reach.SILENT);

        nft("delete", "table", "inet", "portero");
        awaitHttps(Reach.SILENT);

        reboot();
        awaitHttps(Reach.OPEN); // the script for the boot contains no bans
        agent = PackagedAgent.start(net.lab, POLICY);
        awaitHttps(Reach.SILENT);
        assertThat(PackagedAgent.command(net.lab, "bans").output()).contains("29m");

        for (var family : Family.values()) {
            var done = PackagedAgent.command(net.lab, "unban", Place.STRANGER.address(family));
            assertThat(done.output()).isEqualTo("unbanned: " + Place.STRANGER.address(family) + "\n");
        }
        awaitHttps(Reach.OPEN);
        assertThat(PackagedAgent.command(net.lab, "bans").output()).isEqualTo("nobody is banned\n");
        assertThat(PackagedAgent.command(net.lab, "audit", "--verify").exitCode())
                .isZero();
    }

    @Test
    void longBansAndBansOfOtherProgramsWithAnyNoteDoNotBlockTheAgent() throws IOException {
        awaitHttps(Reach.OPEN);
        var stranger = Place.STRANGER.address(Family.V4);
        assertThat(PackagedAgent.command(net.lab, "ban", stranger, "--for", "3650d")
                        .output())
                .isEqualTo("banned: " + stranger + " for 3650d\n");
        nft("add element inet portero banned_v6 { " + Place.STRANGER.address(Family.V6)
                + " timeout 36500d comment \"back\\slash " + "x".repeat(100) + "\" }");
        awaitHttps(Reach.SILENT);
        await().atMost(LONG)
                .until(() -> Files.readString(net.lab.directory().resolve("state/bans"))
                        .contains("back?slash"));

        nft("delete table inet portero");
        awaitHttps(Reach.SILENT);
        assertThat(https(Place.ITSP, Family.V4)).isEqualTo(Reach.OPEN);
        assertThat(sip(Place.STRANGER)).isEqualTo(Reach.SILENT);

        agent.close();
        nft("delete table inet portero");
        agent = PackagedAgent.start(net.lab, POLICY);
        awaitHttps(Reach.SILENT);
        assertThat(sip(Place.STRANGER)).isEqualTo(Reach.SILENT);

        for (var family : Family.values()) {
            PackagedAgent.command(net.lab, "unban", Place.STRANGER.address(family));
        }
        awaitHttps(Reach.OPEN);
    }

    /** Nothing listens there, so an open host refuses at once. */
    private Reach sip(Place place) {
        return net.lab
                .from(place)
                .reach(Protocol.UDP, Outpost.ANY_SOURCE, Place.HOST.address(Family.V4), 5060, TestLab.A_MOMENT)
                .join();
    }

    /** Changes the kernel and the boot id in the state directory as a reboot does. */
    private void reboot() throws IOException {
        var process = ProcessHandle.of(agent.pid());
        agent.close();
        await().atMost(LONG).until(() -> process.filter(ProcessHandle::isAlive).isEmpty());
        nft("delete", "table", "inet", "portero");
        nft("-f", net.lab.directory().resolve("state/last-good.nft").toString());
        var bans = net.lab.directory().resolve("state/bans");
        Files.writeString(bans, Files.readString(bans).replaceFirst("boot .*", "boot before"));
    }

    @Test
    void fail2banBansThroughPorteroButNeverTheCarrierOrManagementSessions() throws Exception {
        var session = net.lab
                .from(Place.ADMIN)
                .converse(Protocol.TCP, Outpost.ANY_SOURCE, Place.HOST.address(Family.V4), 22)
                .join();
        assertThat(session.awaitUp(LONG)).isPresent();
        awaitHttps(Reach.OPEN);
        var directory = Files.createDirectory(net.lab.directory().resolve("fail2ban"));
        configure(directory);
        try (var server = fail2ban(directory)) {
            assertThat(server.isAlive()).isTrue();
            await().atMost(LONG).until(() -> client(directory, "ping").contains("pong"));
            for (int i = 0; i < 3; i++) {
                for (var guest : List.of(Place.STRANGER, Place.ITSP, Place.ADMIN)) {
                    for (var family : Family.values()) {
                        failedLogin(directory, guest.address(family));
                    }
                }
            }

            awaitHttps(Reach.SILENT);
            var log = directory.resolve("fail2ban.log");
            await().atMost(LONG)
                    .until(() -> Files.readString(log)
                            .contains(
                                    "not banned: 203.0.113.10 is admitted by name in services.sip.from (group itsp)"));
            // The reason depends on whether the periodic check has already seen the session.
            await().atMost(LONG)
                    .until(() -> Files.readString(log).contains("not banned: 198.51.100.7 is admitted by name")
                            || Files.readString(log).contains("not banned: 198.51.100.7 managed this host"));
            assertThat(PackagedAgent.command(net.lab, "bans").output())
                    .contains("fail2ban:guests", Place.STRANGER.address(Family.V6))
                    .doesNotContain("203.0.113.10", "198.51.100.7");
            assertThat(session.lasted(TestLab.PATIENCE)).isTrue();
            assertThat(https(Place.ITSP, Family.V4)).isEqualTo(Reach.OPEN);
            assertThat(PackagedAgent.command(net.lab, "audit").output()).contains("ban_refused  address=203.0.113.10");

            twoJailsHaveBansOfTheirOwn(directory);
            client(directory, "unban", "--all");
            awaitHttps(Reach.OPEN);
            assertThat(PackagedAgent.command(net.lab, "bans").output()).isEqualTo("nobody is banned\n");
        } finally {
            session.stop().join();
        }
    }

    private void twoJailsHaveBansOfTheirOwn(Path directory) throws IOException {
        var stranger = Place.STRANGER.address(Family.V4);
        client(directory, "set", "long", "banip", stranger);
        awaitLeft("fail2ban:long", 80_000);
        client(directory, "set", "guests", "unbanip", stranger);
        await().atMost(LONG).until(() -> left("fail2ban:guests") == 0);
        assertThat(https(Place.STRANGER, Family.V4)).isEqualTo(Reach.SILENT);
        for (int ban = 0; ban < 2; ban++) { // the second ban is made longer by actionprolong
            await().atMost(LONG).until(() -> left("fail2ban:short") == 0);
            for (int i = 0; i < 3; i++) {
                failedLogin(directory, "short.log", stranger);
            }
            awaitLeft("fail2ban:short", 1);
        }
        awaitLeft("fail2ban:short", 60);
        client(directory, "set", "long", "unbanip", stranger);
        await().atMost(LONG).until(() -> left("fail2ban:long") == 0);
        assertThat(left("fail2ban:short")).isPositive();
        assertThat(https(Place.STRANGER, Family.V4)).isEqualTo(Reach.SILENT);
    }

    private void awaitLeft(String owner, long seconds) {
        await().atMost(LONG).until(() -> left(owner) >= seconds);
    }

    /** How long an owner has banned the stranger's first address. */
    private long left(String owner) throws IOException {
        var bans = new ObjectMapper()
                .readTree(PackagedAgent.command(net.lab, "bans", "--json").output());
        return bans.path("bans")
                .valueStream()
                .filter(b -> b.path("by").asText().equals(owner))
                .filter(b -> b.path("address").asText().equals(Place.STRANGER.address(Family.V4)))
                .mapToLong(b -> b.path("seconds_left").asLong())
                .findFirst()
                .orElse(0);
    }

    @Test
    void aListOnStandardInputWithNetworksIsBannedAndLiftedInOneChange() throws IOException {
        awaitHttps(Reach.OPEN);
        var input = String.join(
                "\n",
                "# of today",
                Place.STRANGER.address(Family.V4) + " 30m a scanner",
                "",
                "no-address 30m",
                "203.0.113.10",
                "2001:db8:66::/48 ever");
        Files.writeString(net.lab.directory().resolve("input"), input);
        var done = sh(PackagedAgent.launcher(net.lab) + " ban - --by list --for 10m <"
                + net.lab.directory().resolve("input"));
        assertThat(done.exitCode()).isEqualTo(1);
        assertThat(done.output()).isEqualTo("banned: 2\n");
        assertThat(done.errors())
                .contains("line 4: \"no-address\" is not an address", "not banned: 203.0.113.10 is admitted by name");
        assertThat(https(Place.STRANGER, Family.V4)).isEqualTo(Reach.SILENT);
        assertThat(PackagedAgent.command(net.lab, "bans").output()).contains("a scanner", "2001:db8:66::/48", "list");

        var network = Place.STRANGER.address(Family.V6) + "/64";
        PackagedAgent.command(net.lab, "ban", network, "--for", "1h");
        awaitHttps(Reach.SILENT);
        nft("delete", "table", "inet", "portero");
        awaitHttps(Reach.SILENT);
        assertThat(PackagedAgent.command(net.lab, "unban", "--all", "--by", "list")
                        .output())
                .isEqualTo("unbanned: 2\n");
        assertThat(https(Place.STRANGER, Family.V4)).isEqualTo(Reach.OPEN);
        assertThat(https(Place.STRANGER, Family.V6)).isEqualTo(Reach.SILENT);
        PackagedAgent.command(net.lab, "unban", "--all");
        awaitHttps(Reach.OPEN);
        assertThat(PackagedAgent.command(net.lab, "audit", "--verify").exitCode())
                .isZero();
    }

    private CommandResult.Completed sh(String script) {
        return (CommandResult.Completed) net.lab.run(Place.HOST, "sh", "-c", script);
    }

    private void configure(Path directory) throws IOException {
        for (var name : List.of("action.d", "filter.d")) {
            Files.createDirectory(directory.resolve(name));
        }
        Files.copy(Path.of("packaging/fail2ban/portero.conf"), directory.resolve("action.d/portero.conf"));
        Files.writeString(directory.resolve("guests.log"), "");
        Files.writeString(directory.resolve("short.log"), "");
        Files.writeString(directory.resolve("none.log"), "");
        Files.writeString(directory.resolve("filter.d/guests.conf"), """
                [Definition]
                failregex = failed login from <ADDR>$
                """);
        Files.writeString(directory.resolve("fail2ban.conf"), """
                [Definition]
                loglevel = INFO
                logtarget = %1$s/fail2ban.log
                syslogsocket = auto
                socket = %1$s/socket
                pidfile = %1$s/pid
                dbfile = %1$s/fail2ban.sqlite3
                dbpurgeage = 1d
                dbmaxmatches = 10
                """.formatted(directory));
        Files.writeString(directory.resolve("jail.conf"), """
                [guests]
                enabled = true
                backend = polling
                filter = guests
                logpath = %1$s/guests.log
                maxretry = 3
                findtime = 600
                bantime = 600
                ignoreself = false
                action = portero[name=guests, portero="%2$s"]

                [short]
                enabled = true
                backend = polling
                filter = guests
                logpath = %1$s/short.log
                maxretry = 3
                findtime = 600
                bantime = 5
                bantime.increment = true
                bantime.multipliers = 1 20
                bantime.rndtime = 0
                ignoreself = false
                action = portero[name=short, portero="%2$s"]

                [long]
                enabled = true
                backend = polling
                filter = guests
                logpath = %1$s/none.log
                bantime = 86400
                ignoreself = false
                action = portero[name=long, portero="%2$s"]
                """.formatted(directory, PackagedAgent.launcher(net.lab)));
    }

    private Child fail2ban(Path directory) throws IOException {
        return net.lab.start(
                Place.HOST,
                "fail2ban",
                List.of("fail2ban-server", "-f", "-c", directory.toString(), "-s", directory + "/socket", "start"));
    }

    private String client(Path directory, String... words) {
        var all = new java.util.ArrayList<>(
                List.of("fail2ban-client", "-c", directory.toString(), "-s", directory + "/socket"));
        all.addAll(List.of(words));
        return net.lab.run(Place.HOST, all.toArray(String[]::new)) instanceof CommandResult.Completed done
                ? done.output() + done.errors()
                : "";
    }

    private static void failedLogin(Path directory, String address) throws IOException {
        failedLogin(directory, "guests.log", address);
    }

    private static void failedLogin(Path directory, String log, String address) throws IOException {
        var time = java.time.LocalDateTime.now().withNano(0).toString().replace('T', ' ');
        Files.writeString(
                directory.resolve(log), time + " failed login from " + address + "\n", StandardOpenOption.APPEND);
    }
}
