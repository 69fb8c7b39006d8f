package io.portero.cli;

import static io.portero.cli.Columns.cut;
import static io.portero.cli.Columns.right;

import io.portero.policy.FirstFew;
import io.portero.status.BanRow;
import io.portero.status.ServiceRow;
import io.portero.status.StatusDocument;
import io.portero.status.StatusDocument.RateRow;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** The packets that pass and those that do not, as text from a status. */
final class TrafficReport {
    private static final Columns TABLE = Columns.of(cut(14), cut(22), cut(20), right(9), right(9));
    private static final Columns WITH_RATES =
            Columns.of(cut(12), cut(18), cut(13), right(9), right(7), right(8), right(7));
    /** For a terminal of 60 columns. */
    private static final Columns NARROW = Columns.of(cut(12), cut(12), right(9), right(7), right(8), right(7));

    private static final RateRow STILL = new RateRow(0, 0);
    private static final int SOURCES = 5;
    private static final int BANS = 3;

    private final StatusDocument status;
    private final TerminalText text;

    TrafficReport(StatusDocument status, TerminalText text) {
        this.status = status;
        this.text = text;
    }

    /** @param withRates whether to add rates to the totals */
    void write(boolean withRates) {
        if (withRates) {
            servicesWithRates();
        } else {
            services();
        }
        limits();
        draining();
        outgoing();
        dropped();
        refused();
        banned();
    }

    private void services() {
        boolean measured = status.rates().isPresent();
        text.blank();
        text.line(
                Tone.QUIET,
                TABLE.row(
                        "service",
                        "ports",
                        "from",
                        measured ? "acc'd/s" : "accepted",
                        measured ? "refused/s" : "refused"));
        for (var service : status.services()) {
            var rate = status.rates().map(r -> rateOf(service, r));
            text.line(TABLE.row(
                    service.name(),
                    String.join(", ", service.ports()),
                    service.enabled() ? String.join(", ", service.from()) : "(disabled)",
                    rate.map(r -> rate(r.accepted()))
                            .orElseGet(() -> packets(service.accepted().packets())),
                    rate.map(r -> rate(r.refused()))
                            .orElseGet(() -> packets(service.refused().packets()))));
        }
    }

    private void servicesWithRates() {
        text.blank();
        text.line(Tone.QUIET, rates("service", "ports", "from", "accepted", "/s", "refused", "/s"));
        for (var service : status.services()) {
            var rate = status.rates().map(r -> rateOf(service, r));
            text.line(rates(
                    service.name(),
                    String.join(", ", service.ports()),
                    service.enabled() ? String.join(", ", service.from()) : "(disabled)",
                    packets(service.accepted().packets()),
                    rate.map(r -> rate(r.accepted())).orElse(""),
                    packets(service.refused().packets()),
                    rate.map(r -> rate(r.refused())).orElse("")));
        }
    }

    /** A narrow terminal shows no sources; otherwise the number of refused packets would be cut off. */
    private String rates(
            String service,
            String ports,
            String from,
            String accepted,
            String fast,
            String refused,
            String refusedFast) {
        return text.isNarrow()
                ? NARROW.row(service, ports, accepted, fast, refused, refusedFast)
                : WITH_RATES.row(service, ports, from, accepted, fast, refused, refusedFast);
    }

    private static RateRow rateOf(ServiceRow service, Map<String, RateRow> rates) {
        return rates.getOrDefault(service.name(), STILL);
    }

    private void limits() {
        status.services().stream()
                .filter(ServiceRow::enabled)
                .forEach(service ->
                        service.limit().ifPresent(limit -> text.line(service.name() + " is limited: " + limit)));
    }

    private void draining() {
        for (var service : status.services()) {
            long flows = service.draining();
            if (flows > 0) {
                text.line(Plural.of(flows, "flow") + " of " + service.name()
                        + (flows == 1 ? " goes on for a while" : " go on for a while")
                        + " although its source was removed (on-revoke: drain)");
            }
        }
    }

    private void outgoing() {
        status.outgoing().ifPresent(outgoing -> {
            text.blank();
            text.line(Tone.QUIET, TABLE.row("outgoing", "ports", "to", "accepted", "refused"));
            for (var service : outgoing.services()) {
                var to = String.join(", ", service.to())
                        + (service.on().isEmpty() ? "" : " by " + String.join(", ", service.on()));
                text.line(TABLE.row(
                        service.name(),
                        String.join(", ", service.ports()),
                        (service.enabled() ? "" : "(disabled) ") + (service.refuses() ? "not " : "") + to,
                        packets(service.accepted().packets()),
                        packets(service.dropped().packets())));
            }
            text.line(TABLE.row("(default)", "", outgoing.otherwise(), "", ""));
            var each = outgoing.refused().first().stream()
                    .map(d -> d.address() + " " + d.port() + " " + packets(d.packets())
                            + (d.who().isEmpty() ? "" : " of " + d.who()))
                    .toList();
            if (!each.isEmpty()) {
                text.labelled(
                        status.isObserving() ? "not allowed" : "refused",
                        FirstFew.of(each, SOURCES, outgoing.refused().count()) + ", in the last day");
            }
        });
    }

    private void dropped() {
        var parts = status.dropped().entrySet().stream()
                .filter(e -> e.getValue().packets() > 0)
                .map(e -> e.getKey() + " " + packets(e.getValue().packets()))
                .collect(Collectors.joining(", "));
        text.blank();
        text.labelled(status.isObserving() ? "would drop" : "dropped", parts.isEmpty() ? "nothing" : parts);
    }

    private void refused() {
        var sources = status.refusedSources();
        if (!sources.first().isEmpty()) {
            var each = sources.first().stream()
                    .map(s -> s.address() + " " + packets(s.packets()))
                    .toList();
            text.labelled("refused", FirstFew.of(each, SOURCES, sources.count()) + ", in the last hour");
        }
    }

    private void banned() {
        var bans = status.bans();
        if (bans.count() > 0) {
            var each = bans.first().stream().map(BanRow::address).toList();
            text.labelled("banned", FirstFew.of(each, BANS, bans.count()).toString());
        }
    }

    private static String rate(double rate) {
        return rate == 0 ? "0" : String.format(Locale.ROOT, rate < 10 ? "%.1f" : "%.0f", rate);
    }

    private static String packets(long packets) {
        if (packets < 1_000_000) {
            return Long.toString(packets);
        }
        return packets < 1_000_000_000 ? packets / 1_000_000 + " M" : packets / 1_000_000_000 + " G";
    }
}
