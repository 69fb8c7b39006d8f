package io.portero.plan;

import io.portero.policy.AddressRange;
import io.portero.policy.Ip;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * Parses the text of a rule as the compiler writes it, for the interpreter.
 *
 * <p>An unknown text is an {@link AssertionError}; no rule is skipped.
 */
final class RuleText {
    private static final Pattern WORD = Pattern.compile("\"[^\"]*\"|\\{[^}]*\\}|[^ ]+");
    private static final Map<String, List<Term>> KNOWN = new ConcurrentHashMap<>();
    private static final Map<String, String> PROTOCOLS = Map.of(
            "icmp",
            "1",
            "igmp",
            "2",
            "tcp",
            "6",
            "udp",
            "17",
            "gre",
            "47",
            "esp",
            "50",
            "ah",
            "51",
            "ipv6-icmp",
            "58",
            "icmpv6",
            "58",
            "sctp",
            "132");

    private final String text;
    private final List<String> words;
    private int next;

    private RuleText(String text) {
        this.text = text;
        this.words = WORD.matcher(text).results().map(r -> r.group()).toList();
    }

    /** One part of a rule, in order. */
    sealed interface Term {
        /** The rule continues only if the field is, or is not, one of these values. */
        record Match(String field, boolean not, List<String> values) implements Term {}

        /** The rule continues only if this word is not among the words of the field. */
        record Lacks(String field, String word) implements Term {}

        /** A look-up of the field in a verdict map. */
        record Dispatch(String field, String map) implements Term {}

        record Goto(String chain) implements Term {}

        record Jump(String chain) implements Term {}

        record Verdict(boolean accept) implements Term {}

        record Return() implements Term {}

        /** Changes the packet and continues. */
        record Sets(String field) implements Term {}

        /** Never continues: a rate that a single packet does not exceed. */
        record Never() implements Term {}
    }

    static List<Term> parse(String text) {
        return KNOWN.computeIfAbsent(text, t -> new RuleText(t).terms());
    }

    private List<Term> terms() {
        var terms = new ArrayList<Term>();
        while (next < words.size()) {
            term().ifPresent(terms::add);
        }
        return List.copyOf(terms);
    }

    private Optional<Term> term() {
        var word = take();
        return switch (word) {
            case "accept" -> Optional.of(new Term.Verdict(true));
            case "drop" -> Optional.of(new Term.Verdict(false));
            case "return" -> Optional.of(new Term.Return());
            case "goto" -> Optional.of(new Term.Goto(take()));
            case "jump" -> Optional.of(new Term.Jump(take()));
            case "counter" -> {
                if (peek("name")) {
                    skip(2);
                }
                yield Optional.empty();
            }
            case "log" -> {
                while (peek("prefix") || peek("level") || peek("flags") || peek("group")) {
                    skip(2);
                }
                yield Optional.empty();
            }
            case "update", "add" -> {
                skip(1);
                yield Optional.of(remembered(take()));
            }
            case "limit" -> limit();
            default -> Optional.of(condition(field(word)));
        };
    }

    /**
     * {@code { ip saddr limit rate over 5/second burst 20 packets }}: needs such an address, and a single packet does
     * not exceed it.
     */
    private static Term remembered(String element) {
        if (element.contains(" limit rate over ")) {
            return new Term.Never();
        }
        return new Term.Match(
                List.of("ip6 saddr", "ip6 daddr", "ip saddr", "ip daddr").stream()
                        .filter(element::contains)
                        .findFirst()
                        .orElseThrow(),
                true,
                List.of());
    }

    /** {@code limit rate over 5/second burst 20 packets} */
    private Optional<Term> limit() {
        skip(1);
        boolean over = peek("over");
        skip(over ? 2 : 1);
        if (peek("burst")) {
            skip(3);
        }
        return over ? Optional.of(new Term.Never()) : Optional.empty();
    }

    private String field(String word) {
        return switch (word) {
            case "iif", "oif", "iifname", "oifname" -> word;
            case "fib" -> {
                var words = new StringBuilder("fib");
                do {
                    words.append(' ').append(take());
                } while (!Set.of("type", "oif", "oifname").contains(this.words.get(next - 1)));
                yield words.toString();
            }
            case "ip", "ip6", "meta", "ct", "icmp", "icmpv6", "igmp", "tcp", "udp", "sctp", "th", "exthdr" ->
                word + " " + take();
            default -> throw unknown(word);
        };
    }

    private Term condition(String field) {
        if (peek("vmap")) {
            skip(1);
            return new Term.Dispatch(field, setName(take()));
        }
        if (peek("set")) { // meta priority set meta priority or 0x40000000
            skip(words.size() - next - 1); // a change of a packet that is accepted right after it
            return new Term.Sets(field);
        }
        if (peek("and")) { // meta priority and 0x40000000 == 0
            skip(1);
            var lacked = take();
            skip(2);
            return new Term.Lacks(field, lacked);
        }
        if (field.equals("tcp flags")) { // tcp flags & (syn | ack) != syn
            skip(1);
            var mask = take();
            while (mask.startsWith("(") && !mask.endsWith(")")) {
                mask += take();
            }
            boolean unlike = take().equals("!=");
            return new Term.Match(field, unlike, List.of(take()));
        }
        if (peek("&")) { // ct status & confirmed == 0, or the network of an address
            skip(1);
            var lacked = take();
            if (lacked.contains("::")) {
                return condition(field);
            }
            if (!take().equals("==") || !take().equals("0")) {
                throw unknown("&");
            }
            return new Term.Lacks(field, lacked);
        }
        boolean not = peek("!=");
        skip(not || peek("==") ? 1 : 0);
        var operand = take();
        var values = operand.startsWith("{") ? operand.substring(1, operand.length() - 1) : operand;
        return new Term.Match(
                field,
                not,
                Arrays.stream(values.split(","))
                        .map(String::strip)
                        .map(v -> v.startsWith("\"") ? v.substring(1, v.length() - 1) : v)
                        .map(v -> field.equals("meta l4proto") ? PROTOCOLS.getOrDefault(v, v) : v)
                        .toList());
    }

    private String setName(String word) {
        if (!word.startsWith("@")) {
            throw unknown(word);
        }
        return word.substring(1);
    }

    private String take() {
        if (next == words.size()) {
            throw unknown("its end");
        }
        return words.get(next++);
    }

    private boolean peek(String word) {
        return next < words.size() && words.get(next).equals(word);
    }

    private void skip(int count) {
        for (int i = 0; i < count; i++) {
            take();
        }
    }

    private AssertionError unknown(String what) {
        return new AssertionError("the interpreter of rules does not know " + what + " in: " + text);
    }

    /**
     * Whether a value of a packet matches the text in a rule: a word, a number, a range, a network, or a name with a
     * star.
     */
    static boolean is(String value, String written) {
        if (value.equals(written)) {
            return true;
        }
        if (written.endsWith("*")) {
            return value.startsWith(written.substring(0, written.length() - 1));
        }
        if (!Character.isDigit(value.charAt(0)) || written.length() < 3) {
            return false; // a word; the comparisons below are slow
        }
        if (written.matches("[0-9]+-[0-9]+") && value.matches("[0-9]+")) {
            var ends = written.split("-", 2);
            int number = Integer.parseInt(value);
            return Integer.parseInt(ends[0]) <= number && number <= Integer.parseInt(ends[1]);
        }
        if (written.indexOf('.') < 0 && written.indexOf(':') < 0) {
            return false;
        }
        try {
            return AddressRange.parse(written).contains(Ip.parse(value));
        } catch (Ip.NotAnAddress e) {
            return false;
        }
    }
}
