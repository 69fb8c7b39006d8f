package io.portero.nft;

import io.portero.trace.Headers;
import io.portero.trace.Step.By;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads the lines of {@code nft monitor trace}; texts as of nft 1.0.6 and 1.1.3. */
final class TraceParser {
    private static final Pattern LINE = Pattern.compile("trace id ([0-9a-f]+) (\\S+ \\S+) (\\S+) (.*)");
    private static final Pattern RULE = Pattern.compile("rule (.*) \\(verdict ([^()]+)\\)\\s*");
    private static final Pattern UNKNOWN = Pattern.compile("unknown rule handle (\\S+) \\(verdict ([^()]+)\\)\\s*");
    private static final Pattern POLICY = Pattern.compile("policy (\\S+)\\s*");
    private static final Pattern COMMENT = Pattern.compile(" comment \"([^\"]*)\"");
    private static final String PACKET = "packet: ";

    private static final Pattern IN = Pattern.compile("iif \"?([^\" ]+)\"?");
    private static final Pattern OUT = Pattern.compile("oif \"?([^\" ]+)\"?");
    private static final Pattern SOURCE = Pattern.compile(" ip6? saddr (\\S+)");
    private static final Pattern DESTINATION = Pattern.compile(" ip6? daddr (\\S+)");
    private static final Pattern PROTOCOL = Pattern.compile(" (?:ip protocol|ip6 nexthdr) (\\S+)");
    private static final Pattern SOURCE_PORT = Pattern.compile(" (?:tcp|udp|sctp|dccp|udplite) sport (\\d+)");
    private static final Pattern DESTINATION_PORT = Pattern.compile(" (?:tcp|udp|sctp|dccp|udplite) dport (\\d+)");
    private static final Pattern ICMP = Pattern.compile(" icmp(?:v6)? type (\\S+)");

    private TraceParser() {}

    /** One line: which packet, where, and what. */
    record Line(String id, String table, String chain, Said said) {}

    /** What a line says. */
    sealed interface Said {
        /** A packet has come to a base chain. */
        record Came(Headers headers) implements Said {}

        /** A rule or a policy has done something with it. */
        record Judged(By by, String verdict) implements Said {}
    }

    /** Nothing for a line that is none, or of a kind that newer versions have. */
    static Optional<Line> parse(String text) {
        var line = LINE.matcher(text);
        return line.matches()
                ? said(line.group(4)).map(said -> new Line(line.group(1), line.group(2), line.group(3), said))
                : Optional.empty();
    }

    private static Optional<Said> said(String text) {
        if (text.startsWith(PACKET)) {
            return Optional.of(new Said.Came(headers(text)));
        }
        var rule = RULE.matcher(text);
        if (rule.matches()) {
            var comment = COMMENT.matcher(rule.group(1));
            return Optional.of(new Said.Judged(
                    new By.Rule(rule.group(1), comment.find() ? Optional.of(comment.group(1)) : Optional.empty()),
                    rule.group(2)));
        }
        var policy = POLICY.matcher(text);
        if (policy.matches()) {
            return Optional.of(new Said.Judged(new By.Policy(), policy.group(1)));
        }
        var unknown = UNKNOWN.matcher(text);
        return unknown.matches()
                ? Optional.of(new Said.Judged(new By.Unknown(unknown.group(1)), unknown.group(2)))
                : Optional.empty();
    }

    private static Headers headers(String text) {
        return new Headers(
                find(IN, text),
                find(OUT, text),
                find(SOURCE, text),
                find(DESTINATION, text),
                find(PROTOCOL, text),
                port(SOURCE_PORT, text),
                port(DESTINATION_PORT, text),
                find(ICMP, text));
    }

    private static Optional<Integer> port(Pattern pattern, String text) {
        return Optional.of(find(pattern, text))
                .filter(digits -> !digits.isEmpty())
                .map(Integer::valueOf);
    }

    private static String find(Pattern pattern, String text) {
        var found = pattern.matcher(text);
        return found.find() ? found.group(1) : "";
    }
}
