package io.portero.control;

import io.portero.bans.Owner;
import io.portero.control.Request.Answer;
import io.portero.guests.Guest;
import io.portero.guests.GuestOrder;
import io.portero.guests.GuestReport;
import io.portero.guests.GuestText;
import io.portero.policy.AddressRange;
import io.portero.policy.Ip;
import io.portero.policy.Name;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Optional;
import java.util.TreeMap;

/** The format of orders about guests, and of their outcomes, on the socket. */
public final class GuestTalk {
    public static final String ALLOW = "allow";
    public static final String DISALLOW = "disallow";

    private static final String WHAT = "what";
    private static final String TO = "to";
    private static final String BY = "by";
    private static final String WHO = "who";
    private static final String SECONDS = "seconds";
    private static final String NOTE = "note";

    private static final String REMARK = "remark\t";

    private GuestTalk() {}

    public static Request request(GuestOrder order) {
        var words = new TreeMap<String, String>();
        return switch (order) {
            case GuestOrder.Allow allow -> {
                words.put(WHAT, allow.what().toString());
                words.put(TO, allow.service());
                words.put(BY, allow.by().name());
                words.put(SECONDS, String.valueOf(allow.lasting().toSeconds()));
                words.put(NOTE, allow.note());
                yield new Request(ALLOW, words);
            }
            case GuestOrder.End end -> {
                words.put(WHAT, end.what().toString());
                end.service().ifPresent(service -> words.put(TO, service));
                end.by().ifPresent(by -> words.put(BY, by.name()));
                words.put(WHO, end.who().name());
                yield new Request(DISALLOW, words);
            }
        };
    }

    /** Empty if no command of this version sends such a request. */
    static Optional<GuestOrder> order(Request request) {
        var words = request.words();
        try {
            var what = AddressRange.parse(words.getOrDefault(WHAT, ""));
            var service = Optional.ofNullable(words.get(TO));
            var by = words.get(BY);
            if (service.filter(s -> !Name.isValid(s)).isPresent()) {
                return Optional.empty();
            }
            if (request.verb().equals(DISALLOW)) {
                return Optional.of(new GuestOrder.End(
                        what,
                        service,
                        by == null ? Optional.empty() : Optional.of(Owner.parse(by)),
                        Owner.parse(words.getOrDefault(WHO, ""))));
            }
            var lasting = Duration.ofSeconds(Long.parseLong(words.getOrDefault(SECONDS, "")));
            return service.filter(s -> lasting.isPositive() && lasting.compareTo(Guest.LONGEST) <= 0)
                    .flatMap(s ->
                            by == null ? Optional.empty() : allow(s, what, by, lasting, words.getOrDefault(NOTE, "")));
        } catch (Ip.NotAnAddress | Owner.NotAnOwner | NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static Optional<GuestOrder> allow(
            String service, AddressRange what, String by, Duration lasting, String note) {
        try {
            return Optional.of(new GuestOrder.Allow(service, what, Owner.parseMaker(by), lasting, note));
        } catch (Owner.NotAnOwner e) {
            return Optional.empty();
        }
    }

    static Answer answer(GuestReport report) {
        if (report.failure().isPresent()) {
            return new Answer(false, report.failure().get());
        }
        var lines = new ArrayList<String>();
        report.guests().forEach(g -> lines.add(GuestText.line(g)));
        report.remarks().forEach(r -> lines.add(REMARK + r));
        return new Answer(true, String.join("\n", lines));
    }

    /** If the agent does not know the request, its answer becomes the failure of the report. */
    public static GuestReport report(Answer answer) {
        if (!answer.done()) {
            return GuestReport.failed(answer.says());
        }
        var guests = new ArrayList<Guest>();
        var remarks = new ArrayList<String>();
        answer.says().lines().forEach(line -> {
            if (line.startsWith(REMARK)) {
                remarks.add(line.substring(REMARK.length()));
            } else {
                GuestText.guest(line).ifPresent(guests::add);
            }
        });
        return new GuestReport(guests, Optional.empty(), remarks);
    }
}
