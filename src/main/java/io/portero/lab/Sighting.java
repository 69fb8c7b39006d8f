package io.portero.lab;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.portero.exec.Command;
import io.portero.exec.CommandResult;
import io.portero.exec.CommandRunner;
import io.portero.policy.Ip;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Counts packets before and after the choke point in the host's kernel, by source, protocol and port.
 *
 * <p>It uses a foreign table with chains at prerouting before and after ours: priority raw (-300), and -105, between
 * ours (-110) and destination NAT (-100). A third chain is after ours at input. So ports count as they were dialled,
 * with or without a listener, and a loss is the difference of two counters of the same kernel.
 */
public final class Sighting {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Duration TIMEOUT = Patience.of(Duration.ofSeconds(30));
    private static final String TABLE = """
            add table inet sighted
            delete table inet sighted
            table inet sighted {
                set came4 { type ipv4_addr . inet_proto . inet_service; flags dynamic; size 200000; }
                set came6 { type ipv6_addr . inet_proto . inet_service; flags dynamic; size 200000; }
                set passed4 { type ipv4_addr . inet_proto . inet_service; flags dynamic; size 200000; }
                set passed6 { type ipv6_addr . inet_proto . inet_service; flags dynamic; size 200000; }
                set delivered4 { type ipv4_addr . inet_proto . inet_service; flags dynamic; size 200000; }
                set delivered6 { type ipv6_addr . inet_proto . inet_service; flags dynamic; size 200000; }
                chain before {
                    type filter hook prerouting priority raw; policy accept;
                    update @came4 { ip saddr . meta l4proto . th dport counter }
                    update @came6 { ip6 saddr . meta l4proto . th dport counter }
                }
                chain behind {
                    type filter hook prerouting priority -105; policy accept;
                    update @passed4 { ip saddr . meta l4proto . th dport counter }
                    update @passed6 { ip6 saddr . meta l4proto . th dport counter }
                }
                chain delivered {
                    type filter hook input priority filter; policy accept;
                    update @delivered4 { ip saddr . meta l4proto . th dport counter }
                    update @delivered6 { ip6 saddr . meta l4proto . th dport counter }
                }
            }
            """;

    private final CommandRunner host;

    /** @param host runs nft where the packets are */
    public Sighting(CommandRunner host) {
        this.host = host;
    }

    /**
     * A source and what it sent: {@code protocol} is the IANA number, {@code port} the 16 bits where most protocols
     * have the destination port.
     */
    public record Sight(Ip from, int protocol, int port) {}

    /** Starts counting, or starts again from zero. */
    public void start() {
        run(List.of("nft", "-f", "-"), TABLE);
    }

    /** Resets all counts. */
    public void forget() {
        run(List.of("nft", "-f", "-"), """
                flush set inet sighted came4
                flush set inet sighted came6
                flush set inet sighted passed4
                flush set inet sighted passed6
                flush set inet sighted delivered4
                flush set inet sighted delivered6
                """);
    }

    /** How many packets came to the host. */
    public Map<Sight, Long> came() {
        return counts("came");
    }

    /** How many packets passed the choke point. */
    public Map<Sight, Long> passed() {
        return counts("passed");
    }

    /** How many packets the kernel delivered to the host's own sockets. */
    public Map<Sight, Long> delivered() {
        return counts("delivered");
    }

    private Map<Sight, Long> counts(String set) {
        var counts = new HashMap<Sight, Long>();
        for (var family : List.of("4", "6")) {
            // Without -n nft prints protocols and ports by name.
            read(run(List.of("nft", "-n", "-j", "list", "set", "inet", "sighted", set + family), ""), counts);
        }
        return counts;
    }

    private static void read(String json, Map<Sight, Long> counts) {
        try {
            for (var object : MAPPER.readTree(json).path("nftables")) {
                for (var element : object.path("set").path("elem")) {
                    count(element.path("elem"), counts);
                }
            }
        } catch (JsonProcessingException | Ip.NotAnAddress e) {
            throw new IllegalStateException("nft listed what it never should: " + json, e);
        }
    }

    private static void count(JsonNode element, Map<Sight, Long> counts) throws Ip.NotAnAddress {
        var key = element.path("val").path("concat");
        var sight = new Sight(
                Ip.parse(key.path(0).asText()), key.path(1).asInt(), key.path(2).asInt());
        counts.put(sight, element.path("counter").path("packets").asLong());
    }

    private String run(List<String> words, String input) {
        return switch (host.run(new Command(words, input, TIMEOUT))) {
            case CommandResult.Completed done when done.succeeded() -> done.output();
            case CommandResult result -> throw new IllegalStateException("watching packets failed: " + result);
        };
    }
}
