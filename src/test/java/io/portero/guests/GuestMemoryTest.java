package io.portero.guests;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.bans.Owner;
import io.portero.policy.AddressRange;
import io.portero.policy.Ip;
import io.portero.state.DiskWriter;
import io.portero.state.StateDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The stored guests, and the members of the kernel's sets that follow from them. */
class GuestMemoryTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final String SET = "service_ssh.guests_v4";

    @TempDir
    private Path directory;

    private GuestMemory memory() {
        return new GuestMemory(new StateDirectory(directory), DiskWriter.atOnce());
    }

    private static Guest guest(String what, String by, long seconds, String note) {
        try {
            return new Guest("ssh", AddressRange.parse(what), new Owner(by), NOW.plusSeconds(seconds), note);
        } catch (Ip.NotAnAddress e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static GuestList list(Guest... guests) {
        return new GuestList(List.of(guests));
    }

    @Test
    void isReadBackAsItWasWritten() {
        var guests = list(
                guest("192.0.2.7", "ann", 60, "why, \"and\" so\ton"),
                guest("192.0.2.7", "ben", 90, ""),
                guest("2001:db8::/64", "ann", -5, "over"));
        memory().keep(guests);
        assertThat(memory().read()).isEqualTo(guests);
        assertThat(memory().read().lasting(NOW).all())
                .extracting(g -> g.by().name())
                .containsExactly("ann", "ben");
    }

    @Test
    void skipsUnknownLines() throws IOException {
        Files.writeString(directory.resolve("guests"), """
                nonsense
                guest\tsoon\tssh\t192.0.2.1\tann\t
                guest\t2026-01-01T01:00:00Z\tss h\t192.0.2.1\tann\t
                guest\t2026-01-01T01:00:00Z\tssh\t192.0.2.999\tann\t
                guest\t2026-01-01T01:00:00Z\tssh\t192.0.2.1\tann
                guest\t2026-01-01T01:00:00Z\tssh\t192.0.2.2\tann\t
                """);
        assertThat(memory().read().all()).extracting(g -> g.what().toString()).containsExactly("192.0.2.2");
    }

    @Test
    void anOwnerHasAtMostOneGuestForAnAddressAndAService() {
        var guests = list(guest("192.0.2.7", "ann", 60, "first"))
                .with(guest("192.0.2.7", "ann", 30, "second"))
                .with(guest("192.0.2.7", "ben", 40, ""));
        assertThat(guests.all()).hasSize(2);
        assertThat(guests.members(SET, NOW)).singleElement().satisfies(m -> {
            assertThat(m.left()).contains(Duration.ofSeconds(40));
            assertThat(m.note()).isEqualTo("guest by ben");
        });
    }

    @Test
    void membersDoNotOverlapAndTheLongestCounts() {
        var guests = list(guest("192.0.2.0/24", "ann", 60, ""), guest("192.0.2.7", "ben", 3600, ""));
        assertThat(guests.members(SET, NOW))
                .extracting(m -> m.range() + " " + m.left().orElseThrow().toSeconds())
                .containsExactly("192.0.2.0-192.0.2.6 60", "192.0.2.7 3600", "192.0.2.8-192.0.2.255 60");
        assertThat(list(guest("192.0.2.0/24", "ann", 3600, ""), guest("192.0.2.7", "ben", 60, ""))
                        .members(SET, NOW))
                .hasSize(1);
    }

    @Test
    void aSetWithMissingOrOtherMembersOrOtherTimesIsNotUpToDate() {
        var guests = list(guest("192.0.2.7", "ann", 60, ""));
        var held = guests.members(SET, NOW.plusSeconds(2));
        assertThat(guests.isHeld(SET, held, NOW)).isTrue();
        assertThat(guests.isHeld(SET, List.of(), NOW)).isFalse();
        assertThat(guests.isHeld(SET, list(guest("192.0.2.7", "ann", 600, "")).members(SET, NOW), NOW))
                .isFalse();
        assertThat(GuestList.EMPTY.isHeld(SET, held, NOW)).isFalse();
        assertThat(guests.isHeld(SET, List.of(), NOW.plusSeconds(58)))
                .as("not worth it")
                .isTrue();
        assertThat(guests.admitting("ssh", held.getFirst().address()).map(Guest::by))
                .isEqualTo(Optional.of(new Owner("ann")));
    }
}
