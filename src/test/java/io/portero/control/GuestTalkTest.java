package io.portero.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.bans.Owner;
import io.portero.guests.Guest;
import io.portero.guests.GuestOrder;
import io.portero.guests.GuestReport;
import io.portero.policy.AddressRange;
import io.portero.policy.Ip;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Each side of the socket understands what the other side sends. */
class GuestTalkTest {
    private static final Owner ANN = new Owner("ann");

    private static AddressRange range() {
        try {
            return AddressRange.parse("2001:db8::/64");
        } catch (Ip.NotAnAddress e) {
            throw new IllegalArgumentException(e);
        }
    }

    @Test
    void ordersAreReadAsTheyWereWritten() {
        for (var order : List.of(
                new GuestOrder.Allow("ssh", range(), ANN, Duration.ofHours(2), "to mend it"),
                new GuestOrder.End(range(), Optional.of("ssh"), Optional.of(ANN), Owner.HAND),
                new GuestOrder.End(range(), Optional.empty(), Optional.empty(), ANN))) {
            assertThat(GuestTalk.order(GuestTalk.request(order))).contains(order);
        }
    }

    @Test
    void anUnknownRequestGivesNoOrder() {
        var good = Map.of("what", "192.0.2.1", "to", "ssh", "by", "ann", "seconds", "60", "note", "");
        assertThat(GuestTalk.order(new Request(GuestTalk.ALLOW, good))).isPresent();
        Map.of("what", "all", "to", "s s", "by", "other", "seconds", "-1").forEach((key, bad) -> {
            var words = new java.util.HashMap<>(good);
            words.put(key, bad);
            assertThat(GuestTalk.order(new Request(GuestTalk.ALLOW, words)))
                    .as(key)
                    .isEmpty();
            words.remove(key);
            assertThat(GuestTalk.order(new Request(GuestTalk.ALLOW, words)))
                    .as(key)
                    .isEmpty();
        });
    }

    @Test
    void reportsAreReadAsTheyWereWritten() {
        var guest = new Guest("ssh", range(), ANN, Instant.parse("2026-01-01T00:00:00Z"), "why");
        for (var report : List.of(
                new GuestReport(List.of(guest), Optional.empty(), List.of("it is banned")),
                GuestReport.failed("nft hangs"))) {
            assertThat(GuestTalk.report(GuestTalk.answer(report))).isEqualTo(report);
        }
    }
}
