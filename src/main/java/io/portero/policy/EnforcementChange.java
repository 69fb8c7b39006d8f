package io.portero.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** Changes of what is enforced at all, in addition to changes of access to services. */
public final class EnforcementChange {
    private static final int SHOWN = 4;

    private EnforcementChange() {}

    /** The changes, as one sentence each. */
    public static List<String> between(Policy before, Policy after) {
        var sentences = new ArrayList<String>();
        if (before.mode() != after.mode()) {
            sentences.add(
                    switch (after.mode()) {
                        case ENFORCE -> "mode: from observe to enforce: what the policy refuses is dropped from now on";
                        case OBSERVE -> "mode: from enforce to observe: nothing is dropped any more, only counted";
                    });
        }
        var gone = new TreeSet<>(before.trustedInterfaces());
        gone.removeAll(after.trustedInterfaces());
        gone.forEach(i -> sentences.add(
                "trusted-interfaces: " + i + " is no longer trusted: packets that come in by it are filtered"));
        var more = new TreeSet<>(after.trustedInterfaces());
        more.removeAll(before.trustedInterfaces());
        more.forEach(i ->
                sentences.add("trusted-interfaces: " + i + " is trusted: packets that come in by it are not filtered"));
        var denied = before.deny().addresses(before.groups());
        var deniedNow = after.deny().addresses(after.groups());
        var newly = deniedNow.minus(denied);
        var freed = denied.minus(deniedNow);
        if (!newly.isEmpty()) {
            sentences.add("deny: from now on also " + first(newly));
        }
        if (!freed.isEmpty()) {
            sentences.add("deny: no longer " + first(freed));
        }
        for (var service : after.enabledServices()) {
            sentences.addAll(entrance(before, service));
            var limit = limit(before, service.name());
            if (!service.limit().equals(limit)) {
                sentences.add(service.limitKey() + ": "
                        + service.limit().map(Limit::toString).orElse("no limit any more"));
            }
        }
        sentences.addAll(OutgoingChange.between(before, after));
        return List.copyOf(sentences);
    }

    /** The interfaces and addresses of a service, if they change. */
    private static List<String> entrance(Policy before, Service service) {
        var sentences = new ArrayList<String>();
        var now = service.entrance();
        var old = Optional.ofNullable(before.services().get(service.name()))
                .filter(Service::enabled)
                .map(Service::entrance)
                .orElse(Entrance.ANYWHERE);
        if (!now.on().equals(old.on())) {
            sentences.add(service.onKey() + ": from now on "
                    + (now.on().isEmpty()
                            ? "packets that come in by any interface"
                            : "only packets that come in by " + now.interfaces()));
        }
        if (!now.to().equals(old.to())) {
            sentences.add(service.toKey() + ": from now on "
                    + (now.to().isEmpty() ? "packets to any address" : "only packets to " + now.addresses()));
        }
        return sentences;
    }

    private static Optional<Limit> limit(Policy policy, String service) {
        return Optional.ofNullable(policy.services().get(service))
                .filter(Service::enabled)
                .flatMap(Service::limit);
    }

    private static String first(AddressSet addresses) {
        return FirstFew.of(addresses.ranges(), SHOWN).toString();
    }
}
