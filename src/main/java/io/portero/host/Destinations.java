package io.portero.host;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.portero.exec.Command;
import io.portero.exec.CommandResult;
import io.portero.exec.CommandRunner;
import io.portero.policy.AddressRange;
import io.portero.policy.Destination;
import io.portero.policy.Destination.Kind;
import io.portero.policy.Family;
import io.portero.policy.Ip;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Asks the kernel where packets to an address go.
 *
 * <p>The answer is the same as that of {@code fib daddr type} in the choke point. For IPv4 it comes from the table
 * local alone (inet_dev_addr_type), for IPv6 from the tables that policy routing selects. The program {@code ip} prints
 * it. Without that program, the answer comes from the addresses of the interfaces and the main tables, which do not
 * know anycast addresses and other tables.
 */
final class Destinations {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final AddressRange MULTICAST4 = AddressRange.network(new Ip(Family.V4, 0, 0xe000_0000L), 4);
    private static final AddressRange MULTICAST6 = AddressRange.network(new Ip(Family.V6, 0xff00L << 48, 0), 8);
    private static final Ip LIMITED_BROADCAST = new Ip(Family.V4, 0, 0xffff_ffffL);

    private final CommandRunner runner;
    private final Path net;

    Destinations(CommandRunner runner, Path net) {
        this.runner = runner;
        this.net = net;
    }

    Destination of(Ip to) {
        if (MULTICAST4.contains(to) || MULTICAST6.contains(to)) {
            return new Destination.Here(to, Kind.MULTICAST);
        }
        if (to.equals(LIMITED_BROADCAST)) {
            return new Destination.Here(to, Kind.BROADCAST);
        }
        return switch (to.family()) {
            case V4 ->
                ofTableLocal(to)
                        .or(() -> routed(to).map(r -> r instanceof Destination.Here ? new Destination.Stray(to) : r))
                        .orElseGet(() -> guessed(to));
            case V6 -> routed(to).orElseGet(() -> guessed(to));
        };
    }

    /** The longest prefix wins. */
    private Optional<Destination> ofTableLocal(Ip to) {
        return ask("-4", "route", "show", "table", "local", "match", to.toString()).stream()
                .flatMap(answer -> kind(answer.path(answer.size() - 1)).stream())
                .<Destination>map(kind -> new Destination.Here(to, kind))
                .findFirst();
    }

    private Optional<Destination> routed(Ip to) {
        return ask(to.family() == Family.V4 ? "-4" : "-6", "route", "get", to.toString())
                .map(answer -> destination(to, answer.path(0)));
    }

    private static Destination destination(Ip to, JsonNode route) {
        var device = route.path("dev").asText("");
        boolean leads = RouteTables.LEADING.contains(route.path("type").asText(""));
        return kind(route)
                .<Destination>map(kind -> new Destination.Here(to, kind))
                .orElseGet(() ->
                        leads && !device.isEmpty() ? new Destination.Onward(to, device) : new Destination.Nowhere(to));
    }

    private static Optional<Kind> kind(JsonNode route) {
        return switch (route.path("type").asText("")) {
            case "local" -> Optional.of(Kind.OWN);
            case "anycast" -> Optional.of(Kind.ANYCAST);
            case "broadcast" -> Optional.of(Kind.BROADCAST);
            case "multicast" -> Optional.of(Kind.MULTICAST);
            default -> Optional.empty();
        };
    }

    /** Where no route leads, {@code ip} fails. */
    private Optional<JsonNode> ask(String... words) {
        var command = Command.of(
                TIMEOUT, Stream.concat(Stream.of("ip", "-j"), Stream.of(words)).toArray(String[]::new));
        if (runner.run(command) instanceof CommandResult.Completed done && done.succeeded()) {
            try {
                return Optional.of(JSON.readTree(done.output()));
            } catch (JsonProcessingException e) {
                return Optional.empty();
            }
        }
        return Optional.empty();
    }

    private Destination guessed(Ip to) {
        if (to.isLoopback() || ProcHost.ownAddresses().contains(to)) {
            return new Destination.Here(to, Kind.OWN);
        }
        return Routes.parse(lines("route"), lines("ipv6_route"))
                .to(to)
                .<Destination>map(route -> new Destination.Onward(to, route.via()))
                .orElseGet(() -> new Destination.Nowhere(to));
    }

    private List<String> lines(String table) {
        return ProcFiles.lines(net.resolve(table));
    }
}
