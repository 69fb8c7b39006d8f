package io.portero.control;

import io.portero.bans.BanOrder;
import io.portero.bans.BanReport;
import io.portero.bans.BanReport.Item;
import io.portero.bans.BanReport.Result;
import io.portero.bans.Owner;
import io.portero.control.Request.Answer;
import io.portero.policy.AddressRange;
import io.portero.policy.Ip;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The format of orders about bans, and of their outcomes, on the socket: one line for each address, with fields
 * separated by tabs.
 */
public final class BanTalk {
    public static final String BAN = "ban";
    public static final String UNBAN = "unban";

    private static final String BY = "by";
    private static final String FORCE = "force";
    private static final String ONLY = "only";
    private static final String WHAT = "what";
    private static final String EVER = "ever";
    private static final String YES = "yes";

    private static final String FAILED = "failed";
    private static final String REMARK = "remark";
    private static final String OTHERS = "others";

    private BanTalk() {}

    public static Request request(BanOrder order) {
        var words = new TreeMap<String, String>();
        return switch (order) {
            case BanOrder.Make make -> {
                words.put(BY, make.by().name());
                if (make.forced()) {
                    words.put(FORCE, YES);
                }
                if (make.only()) {
                    words.put(ONLY, YES);
                }
                words.put(WHAT, make.wanted().stream().map(BanTalk::line).collect(Collectors.joining("\n")));
                yield new Request(BAN, words);
            }
            case BanOrder.Lift lift -> {
                lift.by().ifPresent(by -> words.put(BY, by.name()));
                lift.what()
                        .ifPresent(all -> words.put(
                                WHAT, all.stream().map(AddressRange::toString).collect(Collectors.joining("\n"))));
                yield new Request(UNBAN, words);
            }
        };
    }

    private static String line(BanOrder.Wanted wanted) {
        return wanted.what() + "\t"
                + wanted.lasting().map(Duration::toSeconds).map(String::valueOf).orElse(EVER) + "\t" + wanted.note();
    }

    /** Empty if no command of this version sends such a request. */
    static Optional<BanOrder> order(Request request) {
        var words = request.words();
        try {
            return Optional.of(
                    request.verb().equals(BAN)
                            ? new BanOrder.Make(
                                    Owner.parseMaker(words.getOrDefault(BY, "")),
                                    words.containsKey(FORCE),
                                    words.containsKey(ONLY),
                                    wanted(words))
                            : new BanOrder.Lift(owner(words), what(words)));
        } catch (Ip.NotAnAddress | Owner.NotAnOwner | NumberFormatException | IndexOutOfBoundsException e) {
            return Optional.empty();
        }
    }

    private static List<BanOrder.Wanted> wanted(Map<String, String> words) throws Ip.NotAnAddress {
        var wanted = new ArrayList<BanOrder.Wanted>();
        for (var line : words.getOrDefault(WHAT, "").lines().toList()) {
            var parts = line.split("\t", 3);
            wanted.add(new BanOrder.Wanted(
                    AddressRange.parse(parts[0]),
                    parts[1].equals(EVER)
                            ? Optional.empty()
                            : Optional.of(Duration.ofSeconds(Long.parseLong(parts[1]))),
                    parts[2]));
        }
        return wanted;
    }

    private static Optional<Owner> owner(Map<String, String> words) throws Owner.NotAnOwner {
        var by = words.get(BY);
        return by == null ? Optional.empty() : Optional.of(Owner.parse(by));
    }

    private static Optional<List<AddressRange>> what(Map<String, String> words) throws Ip.NotAnAddress {
        if (!words.containsKey(WHAT)) {
            return Optional.empty();
        }
        var all = new ArrayList<AddressRange>();
        for (var line : words.get(WHAT).lines().toList()) {
            all.add(AddressRange.parse(line));
        }
        return Optional.of(all);
    }

    static Answer answer(BanReport report) {
        var lines = new ArrayList<String>();
        report.failure().ifPresent(why -> lines.add(FAILED + "\t" + why));
        report.remark().ifPresent(why -> lines.add(REMARK + "\t" + why));
        lines.add(OTHERS + "\t" + report.others());
        report.items().forEach(i -> lines.add(i.result() + "\t" + i.what() + "\t" + i.says()));
        return new Answer(report.failure().isEmpty(), String.join("\n", lines));
    }

    /** If the agent does not know the request, its answer becomes the failure of the report. */
    public static BanReport report(Answer answer) {
        var items = new ArrayList<Item>();
        Optional<String> failure = Optional.empty();
        Optional<String> remark = Optional.empty();
        int others = 0;
        try {
            for (var line : answer.says().lines().toList()) {
                var parts = line.split("\t", 3);
                switch (parts[0]) {
                    case FAILED -> failure = Optional.of(parts[1]);
                    case REMARK -> remark = Optional.of(parts[1]);
                    case OTHERS -> others = Integer.parseInt(parts[1]);
                    default -> items.add(new Item(AddressRange.parse(parts[1]), Result.valueOf(parts[0]), parts[2]));
                }
            }
            return new BanReport(items, others, failure, remark);
        } catch (Ip.NotAnAddress | IllegalArgumentException | IndexOutOfBoundsException e) {
            return BanReport.failed(answer.says());
        }
    }
}
