package io.portero.compile;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.config.Loaded;
import io.portero.config.PolicyReader;
import io.portero.policy.Access;
import io.portero.policy.AddressRange;
import io.portero.policy.Ip;
import io.portero.policy.Members;
import io.portero.policy.Reference;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Comparisons that are written by hand compare every component. If one forgot a component, an edit of it would not reach
 * the kernel.
 *
 * <p>The values come from the goldens: each record is copied with one component replaced by a value that this component
 * has elsewhere.
 */
class EqualityTest {
    private static final Path SOURCES = Path.of("src/main/java");
    private static final Pattern RECORD = Pattern.compile("^( *)(?:public |private |static )*record (\\w+)[(<].*");

    private final Map<Class<?>, Set<Object>> records = new HashMap<>();
    private final Map<String, Set<Object>> values = new HashMap<>();

    @Test
    void everyComponentOfARecordMattersInAComparisonWrittenByHand() throws Exception {
        values.put("boolean", new LinkedHashSet<>(List.of(true, false)));
        values.put("java.time.Duration", new LinkedHashSet<>(List.of(Duration.ofSeconds(70), Duration.ofSeconds(80))));
        for (var golden : (Iterable<Golden>) Golden.all()::iterator) {
            seePolicy(golden.policy());
        }
        seePolicy("""
                services: { ssh: { ports: [22/tcp], from: [any] } }
                safety: { lockout-guard: false, confirm: always, confirm-within: 1m }
                """);
        see(Ip.parse("2001:db8::1"));
        see(Ip.parse("2001:db9::2"));
        see(AddressRange.parse("192.0.2.1-192.0.2.9"));
        for (var name : List.of("a", "b")) {
            see(new Reference.ListFile("/" + name));
            see(new Reference.HostName(name + ".example"));
            see(new Reference.UrlList("https://" + name + ".example/list"));
        }
        var rule = new Rule("a", "accept");
        see(new DispatchEntry(
                "ssh", 7, List.of(), List.of(rule), List.of(rule), List.of(rule), Optional.of("service_ssh_drop")));
        see(new DispatchEntry(
                "web", 9, List.of(new PortSlot(6, 1, 2)), List.of(), List.of(), List.of(), Optional.empty()));
        see(new PortSlot(17, 3, 4));

        var compared = new TreeSet<String>();
        for (var type : List.copyOf(records.keySet())) {
            if (comparesByHand(type)) {
                compared.add(type.getName().replace('$', '.'));
                Arrays.stream(type.getRecordComponents()).forEach(c -> assertMatters(type, c));
            }
        }
        assertThat(compared).isEqualTo(writtenByHand());
    }

    private void seePolicy(String policy) {
        if (new PolicyReader().parse("policy.yaml", policy) instanceof Loaded.Accepted accepted) {
            see(accepted.policy());
            see(PolicyCompiler.compile(accepted.policy()));
            see(Access.admitted(accepted.policy()));
        }
    }

    private void assertMatters(Class<?> type, RecordComponent component) {
        int compared = 0;
        for (var one : of(records, type)) {
            assertThat(copy(one, component, value(one, component)))
                    .hasValueSatisfying(same -> assertThat(same).isEqualTo(one).hasSameHashCodeAs(one));
            for (var other : others(component)) {
                var changed = copy(one, component, other);
                if (changed.isPresent() && !Objects.equals(value(changed.get(), component), value(one, component))) {
                    assertThat(changed.get())
                            .as("%s with another %s", type, component.getName())
                            .isNotEqualTo(one);
                    compared++;
                }
                if (compared > 50) {
                    return;
                }
            }
        }
        assertThat(compared)
                .as("records of %s with another %s", type, component.getName())
                .isPositive();
    }

    /** Empty if there is no such record, for example a range that ends before it begins. */
    private static Optional<Object> copy(Object one, RecordComponent component, Object value) {
        var type = one.getClass();
        var components = type.getRecordComponents();
        try {
            var constructor = type.getDeclaredConstructor(
                    Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
            constructor.setAccessible(true);
            return Optional.of(constructor.newInstance(Arrays.stream(components)
                    .map(c -> c.getName().equals(component.getName()) ? value : value(one, c))
                    .toArray()));
        } catch (InvocationTargetException e) {
            return Optional.empty();
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    private static Object value(Object one, RecordComponent component) {
        try {
            component.getAccessor().setAccessible(true);
            return component.getAccessor().invoke(one);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    private void see(@Nullable Object value) {
        switch (value) {
            case Boolean b ->
                values.computeIfAbsent("boolean", t -> new LinkedHashSet<>()).add(b);
            case Members members -> see(members.referred().keySet());
            case Optional<?> optional -> optional.ifPresent(this::see);
            case Collection<?> all -> all.forEach(this::see);
            case Map<?, ?> map -> {
                see(map.keySet());
                see(map.values());
            }
            case Record one
            when one.getClass().getName().startsWith("io.portero.") -> {
                if (records.computeIfAbsent(one.getClass(), t -> new LinkedHashSet<>())
                        .add(one)) {
                    for (var component : one.getClass().getRecordComponents()) {
                        var held = value(one, component);
                        values.computeIfAbsent(component.getGenericType().getTypeName(), t -> new LinkedHashSet<>())
                                .add(held);
                        see(held);
                    }
                }
            }
            case null, default -> {}
        }
    }

    private List<Object> others(RecordComponent component) {
        return component.getType().isEnum()
                ? List.of(component.getType().getEnumConstants())
                : of(values, component.getGenericType().getTypeName());
    }

    private static <K> List<Object> of(Map<K, Set<Object>> known, K key) {
        return new ArrayList<>(known.getOrDefault(key, Set.of()));
    }

    private static boolean comparesByHand(Class<?> type) {
        return writtenByHand().contains(type.getName().replace('$', '.'));
    }

    /** The records of policy, compile and plan whose source has a comparison. */
    private static Set<String> writtenByHand() {
        var found = new TreeSet<String>();
        for (var name : List.of("policy", "compile", "plan")) {
            try (var files = Files.list(SOURCES.resolve("io/portero").resolve(name))) {
                for (var file : (Iterable<Path>) files::iterator) {
                    found.addAll(recordsThatCompare(file));
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return found;
    }

    /** By indentation: the record that a comparison belongs to is the last one that is indented less. */
    private static List<String> recordsThatCompare(Path file) throws IOException {
        var found = new ArrayList<String>();
        var top = file.getFileName().toString().replace(".java", "");
        var inPackage = "io.portero." + file.getParent().getFileName() + ".";
        var last = "";
        for (var line : Files.readAllLines(file)) {
            var matcher = java.util.regex.Pattern.compile("^( *)(?:public |private |static )*record (\\w+)[(<].*")
                    .matcher(line);
            if (matcher.matches()) {
                last = matcher.group(1).isEmpty() ? top : top + "." + matcher.group(2);
            } else if (line.matches(" {4,8}public boolean equals\\(.*Object other\\) \\{") && !last.isEmpty()) {
                found.add(inPackage + (line.startsWith("        ") ? last : top));
            }
        }
        return found;
    }
}
