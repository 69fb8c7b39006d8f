package io.portero.host;

import io.portero.exec.Command;
import io.portero.exec.CommandResult;
import io.portero.exec.CommandRunner;
import io.portero.policy.Ip;
import io.portero.policy.Surroundings;
import io.portero.policy.Surroundings.DefaultRoute;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads interfaces, default routes and resolvers.
 *
 * <p>{@code /proc/net/route} shows only the main IPv4 table and one next hop for each route. It lacks default routes of
 * a VRF, of policy routing, and those with several next hops. The program {@code ip}, where installed, lists these; it
 * is started only when {@code /proc} shows a change.
 */
final class Network {
    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    /** Each command lists the routes that cover half of the Internet or all of it. */
    private static final List<List<String>> ROUTES =
            List.of(List.of("-4", "0.0.0.0/1"), List.of("-4", "128.0.0.0/1"), List.of("-6", "2000::/3"));

    private static final Path RESOLVERS = Path.of("etc/resolv.conf");
    /** The resolvers behind the local stub of systemd-resolved. */
    private static final Path RESOLVERS_BEHIND = Path.of("run/systemd/resolve/resolv.conf");

    private final CommandRunner runner;
    private final Path net;
    private final Path root;

    private @Nullable List<Object> seen;
    private List<DefaultRoute> defaultRoutes = List.of();

    Network(CommandRunner runner, Path proc, Path root) {
        this.runner = runner;
        this.net = proc.resolve("net");
        this.root = root;
    }

    synchronized Surroundings surroundings() {
        var addresses = addresses();
        var shown =
                RouteTables.ofProc(ProcFiles.lines(net.resolve("route")), ProcFiles.lines(net.resolve("ipv6_route")));
        // The statistics file changes when routes in other IPv4 tables change.
        List<Object> now = List.of(addresses, shown, ProcFiles.lines(net.resolve("fib_triestat")));
        if (!now.equals(seen)) {
            defaultRoutes = complete(shown);
            seen = now;
        }
        return new Surroundings(addresses, defaultRoutes, resolvers());
    }

    /** The files that change only when addresses or routes do; files that also count packets are left out. */
    Object mark() {
        var shown =
                RouteTables.ofProc(ProcFiles.lines(net.resolve("route")), ProcFiles.lines(net.resolve("ipv6_route")));
        return List.of(shown, ProcFiles.lines(net.resolve("fib_triestat")), ProcFiles.lines(net.resolve("if_inet6")));
    }

    private List<DefaultRoute> complete(List<DefaultRoute> shown) {
        var all = new ArrayList<>(shown);
        for (var routes : ROUTES) {
            var command = Command.of(
                    TIMEOUT, "ip", routes.getFirst(), "-j", "route", "show", "table", "all", "match", routes.getLast());
            if (runner.run(command) instanceof CommandResult.Completed done && done.succeeded()) {
                all.addAll(RouteTables.ofIp(done.output()));
            }
        }
        return all.stream().distinct().toList();
    }

    private SortedMap<String, SortedSet<Ip>> addresses() {
        var all = new TreeMap<String, SortedSet<Ip>>();
        for (var line : ProcFiles.lines(net.resolve("dev"))) {
            int colon = line.lastIndexOf(':');
            if (colon > 0) {
                all.put(line.substring(0, colon).strip(), new TreeSet<>());
            }
        }
        try {
            NetworkInterface.networkInterfaces()
                    .forEach(i -> i.inetAddresses()
                            .map(Ip::of)
                            .forEach(ip -> all.computeIfAbsent(i.getName(), n -> new TreeSet<>())
                                    .add(ip)));
        } catch (SocketException e) {
            return all; // an unavailable answer counts as empty
        }
        return all;
    }

    private SortedSet<Ip> resolvers() {
        var listed = resolvers(RESOLVERS);
        if (listed.stream().anyMatch(Ip::isLoopback)) {
            listed.addAll(resolvers(RESOLVERS_BEHIND));
        }
        listed.removeIf(Ip::isLoopback);
        return listed;
    }

    /** resolv.conf(5). */
    private SortedSet<Ip> resolvers(Path file) {
        var found = new TreeSet<Ip>();
        for (var line : ProcFiles.lines(root.resolve(file))) {
            var words = line.strip().split("\\s+");
            if (words.length > 1 && words[0].equals("nameserver")) {
                RouteTables.address(words[1]).ifPresent(found::add);
            }
        }
        return found;
    }
}
