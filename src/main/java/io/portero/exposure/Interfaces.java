package io.portero.exposure;

import io.portero.policy.AddressRange;
import io.portero.policy.Entrance;
import io.portero.policy.InterfacePattern;
import io.portero.policy.Ip;
import io.portero.policy.Surroundings;
import io.portero.policy.Surroundings.DefaultRoute;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The interfaces of a host, classified by the network behind them. */
public final class Interfaces {
    private static final AddressRange LINK_LOCAL = linkLocal();

    private final Surroundings host;
    private final SortedSet<String> uplinks;

    public Interfaces(Surroundings host) {
        this.host = host;
        this.uplinks =
                host.defaultRoutes().stream().map(DefaultRoute::via).collect(Collectors.toCollection(TreeSet::new));
    }

    private static AddressRange linkLocal() {
        try {
            return AddressRange.parse("fe80::/10");
        } catch (Ip.NotAnAddress e) {
            throw new IllegalStateException(e);
        }
    }

    /** The kind of network behind an interface. */
    public enum Side {
        /** The Internet: a default route leads there, or it has an address that is routed on the Internet. */
        PUBLIC,
        /** A private network, such as that of a data centre or a tunnel. */
        PRIVATE;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The interfaces with an address, without lo. */
    public SortedMap<String, Side> sides() {
        var sides = new TreeMap<String, Side>();
        host.addresses().forEach((name, addresses) -> {
            if (!addresses.isEmpty() && !name.equals(InterfacePattern.LOOPBACK.text())) {
                sides.put(name, side(name));
            }
        });
        return sides;
    }

    public Side side(String name) {
        var addresses = host.addresses().getOrDefault(name, new TreeSet<>());
        return uplinks.contains(name) || addresses.stream().anyMatch(Ip::isPublic) ? Side.PUBLIC : Side.PRIVATE;
    }

    /** Whether a service takes packets on an interface towards the Internet, and at an address there. */
    public boolean isPublic(Entrance entrance) {
        return isPublicBy(entrance) && isPublicAt(entrance);
    }

    /** An absent interface lets nobody in. */
    private boolean isPublicBy(Entrance entrance) {
        return entrance.on().isEmpty()
                || entrance.on().stream()
                        .anyMatch(pattern -> Stream.concat(host.addresses().keySet().stream(), uplinks.stream())
                                .anyMatch(name -> pattern.matches(name) && side(name) == Side.PUBLIC));
    }

    private static boolean isPublicAt(Entrance entrance) {
        return entrance.to().isEmpty()
                || entrance.to().ranges().stream()
                        .anyMatch(r -> !r.first().equals(r.last()) || r.first().isPublic());
    }

    /** The interfaces of a listener that is bound only to addresses of private networks; otherwise none. */
    public SortedSet<String> onlyPrivate(Collection<Listener> listeners) {
        var on = of(listeners);
        return on.stream().allMatch(name -> side(name) == Side.PRIVATE && InterfacePattern.isValid(name))
                ? on
                : new TreeSet<>();
    }

    /** The addresses of an interface, without link-local ones. */
    public List<Ip> addresses(String name) {
        return host.addresses().getOrDefault(name, new TreeSet<>()).stream()
                .filter(ip -> !LINK_LOCAL.contains(ip))
                .toList();
    }

    /** The interfaces of a listener that is bound to addresses; empty if it is bound to all, or if unknown. */
    public SortedSet<String> of(Collection<Listener> listeners) {
        var all = new TreeSet<String>();
        for (var listener : listeners) {
            if (!listener.isLocal()) {
                var on = on(listener);
                if (on.isEmpty()) {
                    return new TreeSet<>();
                }
                all.addAll(on);
            }
        }
        return all.containsAll(sides().keySet()) ? new TreeSet<>() : all;
    }

    private SortedSet<String> on(Listener listener) {
        var bound = switch (listener) {
            case Listener.Socket socket -> AddressRange.of(socket.address());
            case Listener.Published published -> published.address();
        };
        return bound.first().isUnspecified()
                ? new TreeSet<>()
                : host.addresses().entrySet().stream()
                        .filter(e -> e.getValue().stream().anyMatch(bound::contains))
                        .map(e -> e.getKey())
                        .collect(Collectors.toCollection(TreeSet::new));
    }

    /** For example {@code eth1 (private)}; an empty text for no names. */
    public String inWords(Collection<String> names) {
        return names.stream().map(n -> n + " (" + side(n).word() + ")").collect(Collectors.joining(", "));
    }
}
