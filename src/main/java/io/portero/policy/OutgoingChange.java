package io.portero.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The changes of what this host and its containers may reach, a sentence for each. */
final class OutgoingChange {
    private static final int SHOWN = 4;

    private final Policy before;
    private final Policy after;
    private final List<String> sentences = new ArrayList<>();

    private OutgoingChange(Policy before, Policy after) {
        this.before = before;
        this.after = after;
    }

    static List<String> between(Policy before, Policy after) {
        var change = new OutgoingChange(before, after);
        if (before.outgoing().otherwise() != after.outgoing().otherwise()) {
            change.sentences.add(
                    switch (after.outgoing().otherwise()) {
                        case DROP ->
                            "outgoing.default: from accept to drop: from now on, this host and its containers"
                                    + " may send only what a service of outgoing admits";
                        case ACCEPT ->
                            "outgoing.default: from drop to accept: from now on, this host may send everything"
                                    + " that is not refused";
                    });
        }
        change.services();
        return change.sentences;
    }

    private void services() {
        var old = byKey(before.outgoing());
        var now = byKey(after.outgoing());
        old.forEach((key, service) -> {
            if (!now.containsKey(key)) {
                sentences.add(key + ": no longer: " + words(before, service, !key.startsWith("outgoing.refuse")));
            }
        });
        now.forEach((key, service) -> {
            var was = old.get(key);
            boolean admits = !key.startsWith("outgoing.refuse");
            if (was == null) {
                sentences.add(key + ": from now on: " + words(after, service, admits));
            } else {
                change(key, was, service, admits);
            }
        });
    }

    private static TreeMap<String, OutgoingService> byKey(OutgoingPolicy outgoing) {
        var all = new TreeMap<String, OutgoingService>();
        outgoing.enabled().forEach(service -> all.put(outgoing.key(service), service));
        return all;
    }

    private void change(String key, OutgoingService was, OutgoingService now, boolean admits) {
        if (!was.ports().equals(now.ports()) || !was.on().equals(now.on())) {
            sentences.add(key + ": from now on: " + words(after, now, admits));
            return;
        }
        var had = was.to().addresses(before.groups());
        var has = now.to().addresses(after.groups());
        var more = has.minus(had);
        var gone = had.minus(has);
        if (!more.isEmpty()) {
            sentences.add(key + ".to: from now on also " + FirstFew.of(more.ranges(), SHOWN));
        }
        if (!gone.isEmpty()) {
            sentences.add(key + ".to: no longer " + FirstFew.of(gone.ranges(), SHOWN));
        }
    }

    private static String words(Policy policy, OutgoingService service, boolean admits) {
        var ports = service.ports().stream().map(PortRange::toString).collect(Collectors.joining(", "));
        var to = service.to().any()
                ? "anybody"
                : FirstFew.of(service.to().addresses(policy.groups()).ranges(), SHOWN)
                        .toString();
        return ports + " to " + (to.isEmpty() ? "nobody" : to)
                + (service.on().isEmpty() ? "" : " by " + service.interfaces())
                + (admits ? " may leave" : " does not leave");
    }
}
