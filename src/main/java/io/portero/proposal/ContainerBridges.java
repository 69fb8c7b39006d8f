package io.portero.proposal;

import io.portero.policy.InterfacePattern;
import io.portero.policy.Surroundings;
import io.portero.policy.Surroundings.DefaultRoute;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Proposes trusted interfaces: the bridges of Docker and Podman, by their usual names.
 *
 * <p>If an uplink has such a name, the other existing bridges are named one by one.
 */
final class ContainerBridges {
    private static final List<InterfacePattern> USUAL =
            Stream.of("docker0", "br-*", "podman*").map(InterfacePattern::new).toList();

    private final SortedSet<String> interfaces;
    private final SortedSet<String> uplinks;

    ContainerBridges(Surroundings host) {
        this.uplinks =
                host.defaultRoutes().stream().map(DefaultRoute::via).collect(Collectors.toCollection(TreeSet::new));
        this.interfaces = new TreeSet<>(host.addresses().keySet());
        interfaces.removeAll(uplinks);
        uplinks.removeIf(name -> USUAL.stream().noneMatch(p -> p.matches(name)));
    }

    /** Whether it has the usual name of such a bridge. */
    static boolean isUsual(String name) {
        return USUAL.stream().anyMatch(p -> p.matches(name));
    }

    /** The interfaces that have the usual name of such a bridge. */
    List<String> uplinks() {
        return List.copyOf(uplinks);
    }

    List<String> patterns() {
        return USUAL.stream().flatMap(this::without).toList();
    }

    private Stream<String> without(InterfacePattern pattern) {
        return uplinks.stream().noneMatch(pattern::matches)
                ? Stream.of(pattern.text())
                : interfaces.stream().filter(pattern::matches);
    }
}
