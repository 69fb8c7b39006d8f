package io.portero.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.compile.PolicyCompiler;
import io.portero.compile.RulesetPrinter;
import io.portero.policy.AddressRange;
import io.portero.policy.AddressSet;
import io.portero.policy.Limit;
import io.portero.policy.OnRevoke;
import io.portero.policy.OutgoingPolicy;
import io.portero.policy.OutgoingService;
import io.portero.policy.Policy;
import io.portero.policy.PortRange;
import io.portero.policy.RandomPolicy;
import io.portero.policy.Service;
import io.portero.policy.Sources;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Two spellings of a policy give the same policy and compile to the same text. */
class SpellingTest {
    @Test
    void theSpellingOfAPolicyMakesNoDifference() {
        for (long seed = 0; seed < 300; seed++) {
            var policy = new RandomPolicy(new Random(seed)).next();
            var one = parse(new Speller(new Random(seed + 1)).spell(policy));
            var other = parse(new Speller(new Random(seed + 2)).spell(policy));
            assertThat(one).as("seed %d", seed).isEqualTo(other).isEqualTo(policy);
            assertThat(RulesetPrinter.print(PolicyCompiler.compile(one)))
                    .isEqualTo(RulesetPrinter.print(PolicyCompiler.compile(other)));
        }
    }

    private static Policy parse(String text) {
        return switch (new PolicyReader().parse("policy.yaml", text)) {
            case Loaded.Accepted accepted -> accepted.policy();
            case Loaded.Refused refused -> throw new AssertionError(refused.problems() + "\n" + text);
        };
    }

    private record Speller(Random random) {
        String spell(Policy policy) {
            var sections = new ArrayList<String>();
            sections.add("groups: "
                    + shuffledMap(policy.groups().values().stream()
                            .map(g -> g.name() + ": " + list(addresses(g.addresses())))
                            .toList()));
            sections.add("services: "
                    + shuffledMap(policy.services().values().stream()
                            .map(this::service)
                            .toList()));
            sections.add("deny: " + list(words(policy.deny())));
            sections.add("ping: " + list(words(policy.ping())));
            sections.add("trusted-interfaces: "
                    + list(policy.trustedInterfaces().stream()
                            .map(i -> "\"" + i + "\"")
                            .toList()));
            sections.add("safety: { lockout-guard: false, confirm: never }");
            sections.add("outgoing: " + outgoing(policy.outgoing()));
            Collections.shuffle(sections, random);
            return String.join("\n", sections) + "\n";
        }

        private String outgoing(OutgoingPolicy outgoing) {
            var keys = new ArrayList<String>();
            keys.add("default: " + outgoing.otherwise().word());
            keys.add("services: "
                    + shuffledMap(outgoing.services().values().stream()
                            .map(this::outgoing)
                            .toList()));
            keys.add("refuse: "
                    + shuffledMap(outgoing.refuse().values().stream()
                            .map(this::outgoing)
                            .toList()));
            return shuffledMap(keys);
        }

        private String outgoing(OutgoingService service) {
            var keys = new ArrayList<String>();
            keys.add("ports: " + list(ports(service.ports())));
            keys.add("to: " + list(words(service.to())));
            keys.add("enabled: " + service.enabled());
            if (!service.on().isEmpty()) {
                keys.add("on: "
                        + list(service.on().stream().map(i -> "\"" + i + "\"").toList()));
            }
            return service.name() + ": " + shuffledMap(keys);
        }

        private String service(Service service) {
            var keys = new ArrayList<String>();
            keys.add("ports: " + list(ports(service.ports())));
            keys.add("from: " + list(words(service.from())));
            keys.add("enabled: " + service.enabled());
            keys.add("management: " + service.management());
            keys.add("on-revoke: " + onRevoke(service.onRevoke()));
            service.limit().ifPresent(limit -> keys.add("limit: " + limit(limit)));
            var entrance = service.entrance();
            if (!entrance.on().isEmpty()) {
                var on = new ArrayList<>(
                        entrance.on().stream().map(i -> "\"" + i + "\"").toList());
                if (on.contains("\"wg*\"")) {
                    on.add("wg7"); // already covered
                }
                keys.add((random.nextBoolean() ? "on: " : "\"on\": ") + list(on));
            }
            if (!entrance.to().isEmpty()) {
                keys.add("to: " + list(addresses(entrance.to())));
            }
            return service.name() + ": " + shuffledMap(keys);
        }

        private String onRevoke(OnRevoke onRevoke) {
            return onRevoke.equals(OnRevoke.DRAIN) && random.nextBoolean()
                    ? "drain"
                    : onRevoke.drain()
                            .map(time -> "{ drain: "
                                    + (random.nextBoolean() ? time.toMinutes() + "m" : time.toSeconds() + "s") + " }")
                            .orElse("cut");
        }

        private String limit(Limit limit) {
            var keys = new ArrayList<String>();
            keys.add("rate: " + limit.packets() + "/" + limit.per().word());
            if (limit.burst() != Limit.usualBurst(limit.packets()) || random.nextBoolean()) {
                keys.add("burst: " + limit.burst());
            }
            limit.ban()
                    .ifPresent(time -> keys.add(
                            "ban: " + (random.nextBoolean() ? time.toMillis() + "ms" : time.toSeconds() + "s")));
            return shuffledMap(keys);
        }

        private List<String> words(Sources sources) {
            var words = new ArrayList<>(sources.groups());
            words.addAll(addresses(sources.literals()));
            if (sources.any()) {
                words.add("any");
            }
            return words;
        }

        /** Some ranges are divided into two, and some appear twice. */
        private List<String> addresses(AddressSet set) {
            var words = new ArrayList<String>();
            for (var range : set.ranges()) {
                words.add("\"" + range + "\"");
                if (random.nextBoolean()) {
                    words.add("\"" + AddressRange.of(range.last()) + "\"");
                }
                if (random.nextBoolean()) {
                    words.add("\"" + range.first() + "-" + range.last() + "\"");
                }
            }
            return words;
        }

        private List<String> ports(List<PortRange> ranges) {
            var words = new ArrayList<String>();
            for (var range : ranges) {
                if (range.protocol().hasPorts() && range.last() > range.first() && random.nextBoolean()) {
                    words.add(new PortRange(range.protocol(), range.first(), range.first()).toString());
                    words.add(new PortRange(range.protocol(), range.first() + 1, range.last()).toString());
                } else {
                    words.add(range.toString());
                }
            }
            return words;
        }

        private String list(List<String> words) {
            var shuffled = new ArrayList<>(words);
            Collections.shuffle(shuffled, random);
            return shuffled.stream().collect(Collectors.joining(", ", "[", "]"));
        }

        private String shuffledMap(List<String> entries) {
            var shuffled = new ArrayList<>(entries);
            Collections.shuffle(shuffled, random);
            return shuffled.stream().collect(Collectors.joining(", ", "{ ", " }"));
        }
    }
}
