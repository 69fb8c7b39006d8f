package io.portero.bans;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.policy.AddressRange;
import io.portero.policy.Ip;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

/** Compares the pieces with a simple model that asks every ban for every address. */
class PiecesTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    @RepeatedTest(40)
    void eachAddressIsBannedAsLongAsItsLongestOwnerSays(RepetitionInfo repetition) throws Ip.NotAnAddress {
        var random = new Random(repetition.getCurrentRepetition());
        var bans = new ArrayList<Ban>();
        for (int i = 0; i < random.nextInt(12); i++) {
            int first = random.nextInt(256);
            int last = Math.min(255, first + random.nextInt(random.nextBoolean() ? 4 : 120));
            var prefix = random.nextInt(4) == 0 ? "255.255.255." : "192.0.2.";
            Optional<Instant> until =
                    random.nextInt(5) == 0 ? Optional.empty() : Optional.of(NOW.plusSeconds(10 + random.nextInt(1000)));
            bans.add(new Ban(
                    AddressRange.parse(prefix + first + "-" + prefix + last), new Owner("o" + i), until, false, ""));
        }
        var pieces = Pieces.of(bans).all();
        for (int i = 1; i < pieces.size(); i++) {
            assertThat(pieces.get(i - 1).range().last())
                    .isLessThan(pieces.get(i).range().first());
        }
        for (var prefix : new String[] {"192.0.2.", "255.255.255."}) {
            for (int i = 0; i < 256; i++) {
                var address = Ip.parse(prefix + i);
                var expected =
                        bans.stream().filter(b -> b.what().contains(address)).min(Ban.LONGEST_FIRST);
                var found = pieces.stream()
                        .filter(p -> p.range().contains(address))
                        .map(Pieces.Piece::ban)
                        .findFirst();
                assertThat(found).as(address.toString()).isEqualTo(expected);
            }
        }
    }
}
