package io.portero.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.bans.BanOrder;
import io.portero.bans.BanReport;
import io.portero.bans.Owner;
import io.portero.control.Request.Answer;
import io.portero.policy.AddressRange;
import io.portero.policy.Ip;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BanTalkTest {
    private static AddressRange range(String text) throws Ip.NotAnAddress {
        return AddressRange.parse(text);
    }

    private static Optional<BanOrder> heard(BanOrder order) {
        return BanTalk.order(Request.parse(BanTalk.request(order).line()).orElseThrow());
    }

    @Test
    void ordersAreReadAsTheyWereWritten() throws Ip.NotAnAddress {
        var make = new BanOrder.Make(
                new Owner("fail2ban:ssh"),
                true,
                true,
                List.of(
                        new BanOrder.Wanted(
                                range("192.0.2.1"), Optional.of(Duration.ofDays(3650)), "a \"quoted\"\n\tnote"),
                        new BanOrder.Wanted(range("2001:db8::/32"), Optional.empty(), "")));
        assertThat(heard(make)).contains(make);
        for (var by : List.of(Optional.of(new Owner("x")), Optional.<Owner>empty())) {
            for (var what : List.of(
                    Optional.of(List.of(range("192.0.2.1"), range("10.0.0.1-10.0.0.9"))),
                    Optional.<List<AddressRange>>empty())) {
                var lift = new BanOrder.Lift(by, what);
                assertThat(heard(lift)).contains(lift);
            }
        }
    }

    @Test
    void reportsAreReadAsTheyWereWritten() throws Ip.NotAnAddress {
        var report = new BanReport(
                List.of(
                        new BanReport.Item(range("192.0.2.1"), BanReport.Result.DONE, ""),
                        new BanReport.Item(range("192.0.2.2"), BanReport.Result.SPARED, "it is mine")),
                7,
                Optional.empty(),
                Optional.of("the disk hangs"));
        assertThat(BanTalk.report(Answer.parse(BanTalk.answer(report).line()).orElseThrow()))
                .isEqualTo(report);
        assertThat(BanTalk.answer(report).done()).isTrue();
        var failed = BanReport.failed("nft hangs");
        assertThat(BanTalk.answer(failed).done()).isFalse();
        assertThat(BanTalk.report(BanTalk.answer(failed))).isEqualTo(failed);
    }

    @Test
    void anAgentOfAnotherVersionIsReportedAsAFailure() {
        assertThat(BanTalk.report(new Answer(false, "this agent does not know this command"))
                        .failure())
                .contains("this agent does not know this command");
        assertThat(BanTalk.order(new Request("ban", Map.of("by", "x", "what", "nonsense"))))
                .isEmpty();
        assertThat(BanTalk.order(new Request("ban", Map.of("by", "limit:sip", "what", ""))))
                .isEmpty();
    }
}
