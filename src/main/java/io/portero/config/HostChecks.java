package io.portero.config;

import io.portero.policy.AddressRange;
import io.portero.policy.DenyCoverage;
import io.portero.policy.Ip;
import io.portero.policy.Members;
import io.portero.policy.OutgoingNeeds;
import io.portero.policy.Policy;
import io.portero.policy.Surroundings;
import io.portero.policy.Uplink;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Compares a policy with the host that it is for. */
final class HostChecks {
    private static final String TRUSTED = "trusted-interfaces";
    private static final String DENY = "deny";

    private final PolicyDocument document;
    private final Findings findings;

    HostChecks(PolicyDocument document, Findings findings) {
        this.document = document;
        this.findings = findings;
    }

    void check(Policy policy, PolicyFile file, Surroundings host) {
        var trusted = file.trustedInterfaces().orElse(List.of());
        for (var uplink : Uplink.trustedByAccident(policy, host)) {
            int index = uplink.trustedBy().map(p -> trusted.indexOf(p.text())).orElse(-1);
            findings.error(document.line(TRUSTED + "[" + index + "]"), TRUSTED, uplink.warning());
        }
        DenyCoverage.warnings(policy, members(policy, file), host)
                .forEach(w -> findings.warning(document.line(DENY), DENY, w));
        OutgoingNeeds.of(policy, host.resolvers())
                .forEach(n -> findings.warning(document.line("outgoing"), "outgoing", n.sentence()));
    }

    /** The sources that enabled services admit, as written in the file, by group or by key. */
    private static SortedMap<String, List<AddressRange>> members(Policy policy, PolicyFile file) {
        var members = new TreeMap<String, List<AddressRange>>();
        for (var service : policy.enabledServices()) {
            var keys = Objects.requireNonNull(file.services().get(service.name()));
            members.put(
                    service.fromKey(),
                    members(keys.from().orElse(List.of()), service.from().others()));
            for (var group : service.from().groups()) {
                var words = file.groups().getOrDefault(group, Optional.empty());
                members.put(
                        group,
                        members(words.orElse(List.of()), policy.group(group).members()));
            }
        }
        return members;
    }

    private static List<AddressRange> members(List<String> words, Members read) {
        var ranges = new ArrayList<AddressRange>();
        words.forEach(word -> literal(word).ifPresent(ranges::add));
        read.referred().values().forEach(addresses -> ranges.addAll(addresses.ranges()));
        return ranges;
    }

    private static Optional<AddressRange> literal(String word) {
        try {
            return Optional.of(AddressRange.parse(word));
        } catch (Ip.NotAnAddress e) {
            return Optional.empty(); // a name, a list or a group
        }
    }
}
