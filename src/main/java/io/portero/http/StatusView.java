package io.portero.http;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What the page shows of a status, in the words and the order in which it shows it.
 *
 * <p>It is made of what {@code /status} says, so that both say the same. Lists are bounded, and tell how much was left
 * out. Nothing in it is escaped: the template does that.
 *
 * @param tone good, warn or bad
 * @param columns the groups that the matrix has a column for
 */
public record StatusView(
        String host,
        String tone,
        String headline,
        String since,
        List<Fact> facts,
        List<Notice> notices,
        List<String> columns,
        int moreColumns,
        boolean observing,
        List<ServiceRow> services,
        int moreServices,
        List<Fact> dropped,
        List<DroppedRow> droppedSources,
        long moreDroppedSources,
        List<Event> history,
        List<Event> drift,
        List<GroupRow> groups,
        int moreGroups,
        List<NameRow> names,
        List<String> remarks,
        String at) {

    /** Something with a name, and what it is. */
    public record Fact(String name, String value) {}

    /** Something that wants to be read first; {@code lines} as {@code check} prints them. */
    public record Notice(String tone, String title, String text, List<String> lines) {}

    /**
     * A service: who reaches it, and how much comes.
     *
     * @param others addresses that it admits beside groups
     * @param who the same as the cells and those addresses, in words
     */
    public record ServiceRow(
            String name,
            String ports,
            String others,
            String who,
            boolean enabled,
            boolean management,
            List<Cell> cells,
            String acceptedRate,
            String accepted,
            String refusedRate,
            String refused,
            boolean refusing) {}

    /** @param part all, some or none */
    public record Cell(String part, String words) {}

    /** Something that happened. */
    public record Event(String at, String ago, String kind, String tone, String what) {}

    /** A group with some of its members. */
    public record GroupRow(String name, String count, List<String> members, int more) {}

    /** A host name, where it is used, what it stands for, and how old the answer is that is in force. */
    public record NameRow(String name, String places, String addresses, String age, String tone) {}

    /** A source that was refused; {@code service} and {@code port} are empty where they are not told apart. */
    public record DroppedRow(String address, String service, String port, String packets, String last) {}

    static StatusView of(String host, JsonNode status, Map<String, Double> rates, Instant now) {
        return new StatusReader(status, rates, now).make(host);
    }
}
