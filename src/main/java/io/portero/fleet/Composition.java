package io.portero.fleet;

import io.portero.fleet.Refusal.Kind;
import io.portero.policy.PortRange;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes one policy of the fleet's groups, a role's policy and the host's own file.
 *
 * <ul>
 *   <li>{@code groups} and {@code services} are joined by name, and the later layer wins a name.
 *   <li>{@code tests} and {@code deny} are joined: all of them hold.
 *   <li>{@code safety} and {@code agent} are the host's own, whole, where its file has them.
 *   <li>A management service of the host's file is the host's own, and no service of the fleet may open its ports wider.
 *   <li>Every other key is that of the last layer that has it.
 *   <li>A host that lets the fleet define some groups takes those from the fleet, and nothing else.
 * </ul>
 */
public final class Composition {
    private static final Set<String> BY_NAME = Set.of("groups", "services");
    private static final Set<String> JOINED = Set.of("tests", "deny");
    private static final String GROUPS = "groups";
    private static final String SERVICES = "services";

    private Composition() {}

    /** @param origin the name of the layer that a key came from, by key and by name below groups and services */
    public record Composed(Tree.Mapping policy, Map<String, String> origin) {
        public Composed {
            origin = Map.copyOf(origin);
        }

        /** The layer of a dotted key of the policy. */
        public Optional<String> layerOf(String key) {
            var names = key.split("[.\\[]", 3);
            return Stream.of(names.length > 1 ? names[0] + "." + names[1] : "", names[0])
                    .map(origin::get)
                    .filter(layer -> layer != null)
                    .findFirst();
        }
    }

    /** @param mayDefine the only groups that the fleet defines on this host; none when it defines the whole policy */
    public static Composed of(Layer groups, Layer role, Layer host, Optional<Set<String>> mayDefine) throws Refusal {
        for (var key : groups.content().entries().keySet()) {
            if (!key.equals(GROUPS)) {
                throw new Refusal(
                        Kind.LAYER,
                        groups.name() + ": " + key + ": this file may hold only groups; move this key to a role");
            }
        }
        var result = new Joining();
        if (mayDefine.isPresent()) {
            result.join(host);
            result.join(onlyGroups(groups, mayDefine.get()));
            result.join(onlyGroups(role, mayDefine.get()));
        } else {
            result.join(groups);
            result.join(role);
            requireUntouched(role, host);
            result.join(host);
        }
        return result.composed();
    }

    private static Layer onlyGroups(Layer layer, Set<String> names) {
        var taken = new TreeMap<>(layer.content().below(GROUPS).entries());
        taken.keySet().retainAll(names);
        return new Layer(
                layer.name(),
                taken.isEmpty() ? Tree.Mapping.EMPTY : Tree.Mapping.EMPTY.with(GROUPS, new Tree.Mapping(taken)));
    }

    /** Layers, put one upon the other. */
    private static final class Joining {
        private final Map<String, Tree> policy = new LinkedHashMap<>();
        private final Map<String, String> origin = new LinkedHashMap<>();

        void join(Layer layer) {
            layer.content().entries().forEach((key, value) -> {
                policy.put(key, joined(key, policy.get(key), value));
                origin.put(key, layer.name());
                if (BY_NAME.contains(key) && value instanceof Tree.Mapping named) {
                    named.entries().keySet().forEach(name -> origin.put(key + "." + name, layer.name()));
                }
            });
        }

        private static Tree joined(String key, @Nullable Tree before, Tree next) {
            if (BY_NAME.contains(key) && before instanceof Tree.Mapping one && next instanceof Tree.Mapping other) {
                var all = new LinkedHashMap<>(one.entries());
                all.putAll(other.entries());
                return new Tree.Mapping(all);
            }
            if (JOINED.contains(key) && before instanceof Tree.Items one && next instanceof Tree.Items other) {
                var all = new ArrayList<>(one.items());
                other.items().stream().filter(item -> !all.contains(item)).forEach(all::add);
                return new Tree.Items(all);
            }
            return next;
        }

        Composed composed() {
            return new Composed(new Tree.Mapping(policy), origin);
        }
    }

    /** What any service admits is admitted, so a fleet service at a management port would override the host's own. */
    private static void requireUntouched(Layer role, Layer host) throws Refusal {
        var own = host.content().below(SERVICES).entries();
        for (var management : own.keySet()) {
            var service = host.content().below(SERVICES).below(management);
            if (service.word("management").filter("true"::equalsIgnoreCase).isEmpty()) {
                continue;
            }
            for (var name : role.content().below(SERVICES).entries().keySet()) {
                var other = role.content().below(SERVICES).below(name);
                if (!own.containsKey(name) && overlap(ports(service), ports(other))) {
                    throw new Refusal(
                            Kind.LAYER,
                            role.name() + ": services." + name + ".ports: they include a port of the service "
                                    + management + ", which " + host.name()
                                    + " keeps for management; remove that port from " + name);
                }
            }
        }
    }

    private static boolean overlap(List<PortRange> some, List<PortRange> others) {
        return some.stream().anyMatch(one -> others.stream().anyMatch(one::overlaps));
    }

    /** The ports that can be parsed. */
    private static List<PortRange> ports(Tree.Mapping service) {
        var ports = new ArrayList<PortRange>();
        for (var word : service.words("ports")) {
            try {
                ports.add(PortRange.parse(word));
            } catch (PortRange.NotAPort e) {
                // The check of the whole policy reports this, with its place.
            }
        }
        return ports;
    }
}
