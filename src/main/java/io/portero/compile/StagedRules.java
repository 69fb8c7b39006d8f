package io.portero.compile;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Everything that the table {@code inet portero_staged} holds, and the scripts that put it there, each one transaction.
 *
 * <p>No rule of it has a verdict but accept, which in a base chain is no more than the end of that chain: it cannot change what
 * becomes of a packet. It is a table of its own so that nothing of it can stand in the way of the one that protects the host.
 *
 * @param kept sets that the kernel fills; they outlive a renewal, as the counters do
 * @param sets those that follow from the policies
 * @param maps from port or protocol to the chain that looks closer; their elements end by themselves
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

    /** Whether the table of this name is that of a stage. */
    public static boolean isNamed(String family, String table) {
        return family.equals("inet") && table.equals(NAME);
    }

    /** Whether the two policies differ in nothing that is compared; then no packet is looked at. */
    public boolean isEmpty() {
        return chains.isEmpty();
    }

    /** Puts it there in place of whatever there is. */
    public String script() {
        return "add table " + TABLE + "\ndelete table " + TABLE + "\n" + block();
    }

    /** Puts it there in place of {@code before}; what was counted and remembered stays. */
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
