package io.portero.fleet;

import io.portero.fleet.HostSettings.StoreSettings;
import io.portero.fleet.Refusal.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The directory of an operator that describes a fleet, best under version control.
 *
 * <p>{@code fleet.yaml} names the hosts, {@code groups.yaml} holds the groups of all, {@code roles/ROLE.yaml} a policy
 * each, {@code lists/NAME} long lists, and {@code hosts/HOST.yaml} copies of the hosts' own files, which are used only
 * for checks.
 *
 * @param validFor how long a bundle is valid
 */
public record FleetDirectory(
        Path path,
        String fleet,
        Duration validFor,
        Optional<StoreSettings> store,
        SortedMap<String, Member> hosts,
        Layer groups,
        SortedMap<String, Layer> roles,
        SortedMap<String, String> lists) {
    public static final String FILE = "fleet.yaml";

    private static final Duration USUAL = Duration.ofDays(90);
    private static final Pattern DAYS = Pattern.compile("(\\d{1,4})d");

    /** A host of the fleet. */
    public record Member(String role, boolean canary) {}

    public FleetDirectory {
        hosts = Collections.unmodifiableSortedMap(new TreeMap<>(hosts));
        roles = Collections.unmodifiableSortedMap(new TreeMap<>(roles));
        lists = Collections.unmodifiableSortedMap(new TreeMap<>(lists));
    }

    public static FleetDirectory read(Path directory) throws Refusal {
        try {
            return new Reading(directory).fleet();
        } catch (NoSuchFileException e) {
            throw new Refusal(
                    Kind.LAYER,
                    e.getFile() + ": there is no such file; create it, or name the directory of your fleet (the"
                            + " current one is taken otherwise)");
        } catch (IOException e) {
            throw new Refusal(Kind.LAYER, directory + ": reading it failed: " + e.getMessage());
        }
    }

    /** One reading of the files. */
    private record Reading(Path directory) {
        FleetDirectory fleet() throws IOException, Refusal {
            var file = directory.resolve(FILE);
            var tree = TreeReader.read(Files.readString(file), file.toString());
            for (var key : tree.entries().keySet()) {
                if (!Set.of("fleet", "expires", "store", "hosts").contains(key)) {
                    throw refuse(key, "this key is unknown; known here are expires, fleet, hosts, store");
                }
            }
            var fleet = tree.word("fleet").filter(Manifest::isWord).orElse("");
            if (fleet.isEmpty()) {
                throw refuse("fleet", "the name of the fleet is missing; it may have a to z, 0 to 9, - and _");
            }
            var hosts = hosts(tree.below("hosts"));
            var roles = new TreeMap<String, Layer>();
            for (var role :
                    new TreeSet<>(hosts.values().stream().map(Member::role).toList())) {
                roles.put(role, role(role, hosts));
            }
            var groups = directory.resolve(Manifest.GROUPS);
            return new FleetDirectory(
                    directory,
                    fleet,
                    validFor(tree),
                    tree.entries().containsKey("store")
                            ? Optional.of(StoreSettings.read(tree.below("store"), directory, file + ": store."))
                            : Optional.empty(),
                    hosts,
                    Layer.read(Manifest.GROUPS, Files.exists(groups) ? Files.readString(groups) : ""),
                    roles,
                    lists());
        }

        private Layer role(String role, SortedMap<String, Member> hosts) throws IOException, Refusal {
            var name = Manifest.layerOf(role);
            try {
                return Layer.read(name, Files.readString(directory.resolve(name)));
            } catch (NoSuchFileException e) {
                var host = hosts.entrySet().stream()
                        .filter(h -> h.getValue().role().equals(role))
                        .map(Map.Entry::getKey)
                        .findFirst()
                        .orElse("");
                throw new Refusal(
                        Kind.LAYER,
                        directory.resolve(name) + ": there is no such file, but " + FILE + " gives the role " + role
                                + " to " + host + "; write the policy of that role there");
            }
        }

        private static Duration validFor(Tree.Mapping tree) throws Refusal {
            var word = tree.word("expires");
            if (word.isEmpty()) {
                return USUAL;
            }
            var days = DAYS.matcher(word.get());
            if (!days.matches() || Integer.parseInt(days.group(1)) == 0) {
                throw refuse("expires", word.get() + " is not a number of days, such as 90d");
            }
            return Duration.ofDays(Long.parseLong(days.group(1)));
        }

        private static SortedMap<String, Member> hosts(Tree.Mapping tree) throws Refusal {
            var hosts = new TreeMap<String, Member>();
            for (var name : tree.entries().keySet()) {
                var host = tree.below(name);
                var role = host.word("role").filter(Manifest::isWord).orElse("");
                if (!Manifest.isWord(name)
                        || role.isEmpty()
                        || !Set.of("role", "canary").containsAll(host.entries().keySet())) {
                    throw refuse("hosts." + name, "write a host as NAME: { role: ROLE }, or with canary: true as well");
                }
                hosts.put(
                        name,
                        new Member(
                                role, host.word("canary").filter("true"::equals).isPresent()));
            }
            if (hosts.isEmpty()) {
                throw refuse("hosts", "there are no hosts; add one, such as voice1: { role: voice, canary: true }");
            }
            return hosts;
        }

        private SortedMap<String, String> lists() throws IOException, Refusal {
            var lists = new TreeMap<String, String>();
            var place = directory.resolve("lists");
            if (!Files.isDirectory(place)) {
                return lists;
            }
            List<Path> files;
            try (Stream<Path> all = Files.list(place)) {
                files = all.filter(Files::isRegularFile).sorted().toList();
            }
            for (var file : files) {
                var name = String.valueOf(file.getFileName());
                if (ListRef.isName(name)) {
                    lists.put(name, ListRef.canonical(Files.readString(file)));
                }
            }
            return lists;
        }

        private static Refusal refuse(String key, String sentence) {
            return new Refusal(Kind.LAYER, FILE + ": " + key + ": " + sentence);
        }
    }

    /** A role's layer. */
    public Layer role(String role) {
        return Optional.ofNullable(roles.get(role)).orElseThrow(() -> new IllegalArgumentException(role));
    }

    /** The copy of a host's own file; empty if there is none. */
    public Layer hostLayer(String host) throws Refusal {
        var file = path.resolve("hosts/" + host + ".yaml");
        var layer = FleetFiles.hostLayer(file);
        return new Layer("hosts/" + host + ".yaml", layer.content());
    }

    public Set<String> hostsOf(String role) {
        var names = new TreeSet<String>();
        hosts.forEach((name, member) -> {
            if (member.role().equals(role)) {
                names.add(name);
            }
        });
        return names;
    }

    public Set<String> canaries() {
        var names = new TreeSet<String>();
        hosts.forEach((name, member) -> {
            if (member.canary()) {
                names.add(name);
            }
        });
        return names;
    }

    /** The content to sign for each role. */
    public Map<String, Manifest> manifests(long version, Instant made) throws Refusal {
        var manifests = new TreeMap<String, Manifest>();
        for (var role : roles.keySet()) {
            manifests.put(
                    role,
                    new Manifest(fleet, role, version, made, made.plus(validFor), listsOf(role), groups, role(role)));
        }
        return manifests;
    }

    private List<ListRef> listsOf(String role) throws Refusal {
        var names = new TreeSet<String>();
        for (var layer : List.of(groups, role(role))) {
            layer.content().mapWords(word -> {
                if (word.startsWith(ListRef.WORD)) {
                    names.add(word.substring(ListRef.WORD.length()));
                }
                return word;
            });
        }
        for (var name : names) {
            if (!lists.containsKey(name)) {
                throw new Refusal(
                        Kind.LIST,
                        "lists/" + name + ": there is no such list, but the role " + role + " uses it; create it");
            }
        }
        return names.stream().map(n -> ListRef.of(n, lists.getOrDefault(n, ""))).toList();
    }
}
