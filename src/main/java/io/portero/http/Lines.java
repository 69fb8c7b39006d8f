package io.portero.http;

import io.portero.apply.Firewall.Count;
import io.portero.http.StatusView.DestinationLine;
import io.portero.http.StatusView.DroppedLine;
import io.portero.http.StatusView.Fact;
import io.portero.http.StatusView.GroupLine;
import io.portero.http.StatusView.NameLine;
import io.portero.http.StatusView.OutgoingLine;
import io.portero.policy.FirstFew;
import io.portero.status.DroppedRow;
import io.portero.status.GroupRow;
import io.portero.status.NameRow;
import io.portero.status.OutgoingRow;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Turns rows of the status document into the lines of the page. */
final class Lines {
    private static final int MEMBERS = 12;

    private Lines() {}

    static List<Fact> dropped(Map<String, Count> byReason) {
        return byReason.entrySet().stream()
                .filter(e -> e.getValue().packets() > 0)
                .map(e -> new Fact(
                        Words.reason(e.getKey()), Words.count(e.getValue().packets())))
                .toList();
    }

    static DroppedLine source(DroppedRow source) {
        return new DroppedLine(
                source.address(),
                source.service().orElse(""),
                source.port().orElse(""),
                Words.count(source.packets()),
                Words.duration(Duration.ofSeconds(source.secondsAgo())) + " ago");
    }

    static OutgoingLine outgoing(OutgoingRow.Service service) {
        return new OutgoingLine(
                service.name(),
                String.join(", ", service.ports()),
                Words.some(service.to().stream()
                                .map(to -> to.equals("any") ? "anybody" : to)
                                .toList())
                        + (service.on().isEmpty() ? "" : " by " + Words.some(service.on())),
                service.refuses(),
                service.enabled(),
                Words.count(service.accepted().packets()),
                Words.count(service.dropped().packets()));
    }

    static DestinationLine destination(OutgoingRow.Destination to) {
        return new DestinationLine(
                to.address(),
                to.port(),
                to.who(),
                Words.count(to.packets()),
                Words.duration(Duration.ofSeconds(to.secondsAgo())) + " ago");
    }

    static GroupLine group(GroupRow group) {
        long all = group.rangeCount();
        return new GroupLine(
                group.name(),
                all == 0 ? "empty: admits nobody" : all + (all == 1 ? " entry" : " entries"),
                FirstFew.of(group.ranges(), MEMBERS, all));
    }

    static NameLine name(NameRow name) {
        var age = name.ageSeconds()
                .map(seconds -> "answered " + Words.duration(Duration.ofSeconds(seconds)) + " ago")
                .orElse("no answer yet");
        return new NameLine(
                name.name(),
                String.join(", ", name.places()),
                Words.some(name.addresses()),
                age
                        + (name.stale() ? ", stale" : "")
                        + name.error().map(e -> ": " + e).orElse(""),
                name.ageSeconds().isPresent() && !name.stale() ? "good" : "warn");
    }
}
