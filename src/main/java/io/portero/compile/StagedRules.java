package io.portero.compile;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The content of the table {@code inet portero_staged}, and the scripts that load it, each in one transaction.
 *
 * <p>The only verdict in its rules is accept, which only ends its own base chain, so it cannot change the fate of a
 * packet. It is a separate table so that it can never affect the table that protects the host.
 *
 * @param kept sets that the kernel fills; they survive a renewal, like the counters
 * @param sets the sets that follow from the policies
 * @param maps the maps from port or protocol to the chain with further checks; their elements expire
 */
public record StagedRules(
        SortedSet<String> counters,
        SortedMap<String, List<String>> kept,
        SortedMap<String, List<String>> sets,
        SortedMap<String, List<String>> maps,
        List<Chain> chains) {
    public static final String NAME = "portero_staged";
    public static final String TABLE = "inet " + NAME;

    public StagedRules {
        counters = Collections.unmodifiableSortedSet(new TreeSet<>(counters));
        kept = Collections.unmodifiableSortedMap(new TreeMap<>(kept));
        sets = Collections.unmodifiableSortedMap(new TreeMap<>(sets));
        maps = Collections.unmodifiableSortedMap(new TreeMap<>(maps));
        chains = List.copyOf(chains);
    }

    /** Whether this is the name of the table of a stage. */
    public static boolean isNamed(String family, String table) {
        return family.equals("inet") && table.equals(NAME);
    }

    /** Whether the compared parts of both policies are equal; then no packet is checked. */
    public boolean isEmpty() {
        return chains.isEmpty();
    }

    /** Loads it in place of any existing table. */
    public String script() {
        return "add table " + TABLE + "\ndelete table " + TABLE + "\n" + block();
    }

    /** Loads it in place of {@code before}; counters and remembered sources stay. */
    public String scriptAfter(StagedRules before) {
        var text = new StringBuilder("flush table " + TABLE + "\n");
        before.maps.keySet().forEach(name -> delete(text, "map", name));
        before.chains.stream().filter(c -> c.hook().isPresent()).forEach(c -> delete(text, "chain", c.name()));
        before.chains.stream().filter(c -> c.hook().isEmpty()).forEach(c -> delete(text, "chain", c.name()));
        before.sets.keySet().forEach(name -> delete(text, "set", name));
        return text.append(block()).toString();
    }

    private static void delete(StringBuilder text, String kind, String name) {
        text.append("delete ")
                .append(kind)
                .append(' ')
                .append(TABLE)
                .append(' ')
                .append(name)
                .append('\n');
    }

    private String block() {
        var text = new StringBuilder("table " + TABLE + " {\n");
        counters.forEach(c -> text.append("\tcounter ").append(c).append(" {\n\t}\n"));
        kept.forEach((name, lines) -> object(text, "set", name, lines));
        sets.forEach((name, lines) -> object(text, "set", name, lines));
        maps.forEach((name, lines) -> object(text, "map", name, lines));
        chains.forEach(chain -> chain(text, chain));
        return text.append("}\n").toString();
    }

    private static void object(StringBuilder text, String kind, String name, List<String> lines) {
        text.append("\n\t").append(kind).append(' ').append(name).append(" {\n");
        lines.forEach(line -> text.append("\t\t").append(line).append('\n'));
        text.append("\t}\n");
    }

    private static void chain(StringBuilder text, Chain chain) {
        text.append("\n\tchain ").append(chain.name()).append(" {\n");
        chain.hook()
                .ifPresent(h -> text.append("\t\ttype ")
                        .append(h.type())
                        .append(" hook ")
                        .append(h.hook())
                        .append(" priority ")
                        .append(h.priority())
                        .append("; policy ")
                        .append(h.policy())
                        .append(";\n"));
        chain.rules()
                .forEach(r -> text.append("\t\t")
                        .append(r.text())
                        .append(" comment \"")
                        .append(r.key())
                        .append("\"\n"));
        text.append("\t}\n");
    }
}
