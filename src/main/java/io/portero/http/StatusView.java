package io.portero.http;

import io.portero.policy.FirstFew;
import io.portero.status.OutgoingRow;
import io.portero.status.StatusDocument;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/**
 * The content of the status page, in its words and order.
 *
 * <p>It is made from the document that {@code /status} prints, so that both say the same. Lists are bounded, and tell
 * how many entries were left out. The template escapes all text, so nothing here is escaped.
 *
 * @param build which style sheet and script the page goes with
 * @param meaning the headline as a sentence
 * @param tone good, warn or bad
 * @param columns the groups that the matrix has a column for
 */
public record StatusView(
        String build,
        String host,
        String tone,
        String headline,
        String meaning,
        List<Fact> facts,
        List<Notice> notices,
        List<String> columns,
        int moreColumns,
        boolean observing,
        List<ServiceLine> services,
        int moreServices,
        String outgoingDefault,
        List<OutgoingLine> outgoing,
        List<DestinationLine> destinations,
        long moreDestinations,
        List<Fact> dropped,
        List<DroppedLine> droppedSources,
        long moreDroppedSources,
        List<Event> history,
        List<Event> drift,
        List<GroupLine> groups,
        int moreGroups,
        List<NameLine> names,
        List<String> remarks,
        String at) {

    private static final int SERVICES = 200;
    private static final int GROUPS = 50;
    private static final int NAMES = 50;
    private static final int DROPPED = 10;

    /** A labelled value. */
    public record Fact(String name, String value) {}

    /** A notice at the top; {@code lines} as {@code check} prints them. */
    public record Notice(String tone, String title, String text, List<String> lines) {}

    /**
     * A service: who reaches it, and its packet counts.
     *
     * @param others addresses that it admits in addition to groups
     * @param who the cells and these addresses, in words
     */
    public record ServiceLine(
            String name,
            String ports,
            String others,
            String who,
            boolean enabled,
            boolean management,
            List<Cell> cells,
            Flow accepted,
            Flow dropped,
            boolean dropping) {}

    /**
     * Packet counts.
     *
     * @param rate packets per second, now
     * @param total packets in total
     */
    public record Flow(String rate, String total, Curve curve) {}

    /** @param part all, some or none */
    public record Cell(String part, String words) {}

    /** Something that happened. */
    public record Event(String at, String ago, String kind, String tone, String what) {}

    /** A group with some of its members. */
    public record GroupLine(String name, String count, FirstFew members) {}

    /** A host name, where it is used, what it stands for, and how old the answer is that is in force. */
    public record NameLine(String name, String places, String addresses, String age, String tone) {}

    /** A source whose packets were dropped; {@code service} and {@code port} are empty where they are not told apart. */
    public record DroppedLine(String address, String service, String port, String packets, String last) {}

    /** An entry of {@code outgoing}: its destinations, and how many packets left or were dropped. */
    public record OutgoingLine(
            String name, String ports, String to, boolean refuses, boolean enabled, String accepted, String refused) {}

    /** A destination of dropped outgoing packets, and who sent them. */
    public record DestinationLine(String address, String port, String who, String packets, String last) {}

    static StatusView of(String host, StatusDocument status, Traffic traffic, Instant now) {
        var headline = new Headline(status);
        var moments = new Moments(now);
        var matrix = new ReachMatrix(status, traffic);
        var refused = status.wouldDrop().orElse(status.refusedSources());
        return new StatusView(
                PageFile.BUILD,
                host,
                headline.tone(),
                headline.text(),
                headline.meaning(moments),
                headline.facts(moments),
                Notices.of(status),
                matrix.columns(),
                matrix.moreColumns(),
                status.isObserving(),
                status.services().stream().limit(SERVICES).map(matrix::line).toList(),
                Math.max(0, status.services().size() - SERVICES),
                status.outgoing().map(OutgoingRow::otherwise).orElse(""),
                status.outgoing().stream()
                        .flatMap(o -> o.services().stream())
                        .limit(SERVICES)
                        .map(Lines::outgoing)
                        .toList(),
                status.outgoing().stream()
                        .flatMap(o -> o.refused().first().stream())
                        .limit(DROPPED)
                        .map(Lines::destination)
                        .toList(),
                status.outgoing()
                        .map(o -> Math.max(0, o.refused().count() - DROPPED))
                        .orElse(0L),
                Lines.dropped(status.dropped()),
                refused.first().stream().limit(DROPPED).map(Lines::source).toList(),
                Math.max(0, refused.count() - DROPPED),
                status.history().stream().map(moments::event).toList(),
                status.drift().stream().map(moments::drift).toList(),
                status.groups().stream().limit(GROUPS).map(Lines::group).toList(),
                Math.max(0, status.groups().size() - GROUPS),
                status.names().stream().limit(NAMES).map(Lines::name).toList(),
                Stream.concat(status.nft().problem().stream(), status.remarks().stream())
                        .toList(),
                Moments.time(now));
    }
}
