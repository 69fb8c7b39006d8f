package io.portero.fleet;

import io.portero.fleet.Refusal.Kind;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The settings of a host in a fleet, from {@code /etc/portero/fleet.yaml}.
 *
 * @param mayDefine the only groups that the fleet defines here; none when it defines the whole policy
 * @param hostPolicy the host's own file
 */
public record HostSettings(
        String fleet,
        String role,
        String host,
        StoreSettings store,
        int signers,
        Path allowedSigners,
        Optional<Path> revokedKeys,
        Path hostPolicy,
        Optional<Set<String>> mayDefine,
        String metricsHost,
        int metricsPort) {
    private static final Set<String> KEYS = Set.of(
            "fleet",
            "role",
            "host",
            "store",
            "signers",
            "allowed-signers",
            "revoked-keys",
            "host-policy",
            "may-define",
            "metrics");
    private static final int METRICS_PORT = 9098;

    /** Reads the file; relative paths in it are relative to its directory. */
    public static HostSettings read(Path file, String hostname) throws Refusal {
        try {
            var directory = file.toAbsolutePath().getParent();
            var settings = TreeReader.read(Files.readString(file), file.toString());
            return new Reading(file, directory == null ? file : directory).settings(settings, hostname);
        } catch (NoSuchFileException e) {
            throw new Refusal(Kind.LAYER, file + ": there is no such file; write one to enrol this host in a fleet");
        } catch (IOException e) {
            throw new Refusal(Kind.LAYER, file + ": reading it failed: " + e.getMessage());
        }
    }

    private record Reading(Path file, Path directory) {
        HostSettings settings(Tree.Mapping tree, String hostname) throws Refusal {
            requireKnown("", tree, KEYS);
            requireKnown("metrics.", tree.below("metrics"), Set.of("host", "port"));
            var metrics = tree.below("metrics");
            return new HostSettings(
                    word(tree, "fleet", Optional.empty()),
                    word(tree, "role", Optional.empty()),
                    word(
                            tree,
                            "host",
                            Optional.of(
                                    hostname.toLowerCase(java.util.Locale.ROOT).replaceAll("\\..*", ""))),
                    StoreSettings.read(tree.below("store"), directory, file + ": store."),
                    number(tree, "signers", 1, 1, 16),
                    path(tree, "allowed-signers").orElse(directory.resolve("allowed_signers")),
                    path(tree, "revoked-keys"),
                    path(tree, "host-policy").orElse(directory.resolve("host.yaml")),
                    tree.entries().containsKey("may-define")
                            ? Optional.of(new HashSet<>(tree.words("may-define")))
                            : Optional.empty(),
                    metrics.word("host").orElse("127.0.0.1"),
                    number(metrics, "port", METRICS_PORT, 0, 65535));
        }

        private void requireKnown(String prefix, Tree.Mapping tree, Set<String> known) throws Refusal {
            for (var key : tree.entries().keySet()) {
                if (!known.contains(key)) {
                    throw refuse(
                            prefix + key,
                            "this key is unknown; known here are " + String.join(", ", new TreeSet<>(known)));
                }
            }
        }

        private String word(Tree.Mapping tree, String key, Optional<String> otherwise) throws Refusal {
            var word = tree.word(key).or(() -> otherwise).orElseThrow(() -> refuse(key, "it is missing; write it"));
            if (!Manifest.isWord(word)) {
                throw refuse(key, "\"" + word + "\" cannot be a name here; use a to z, 0 to 9, - and _");
            }
            return word;
        }

        private int number(Tree.Mapping tree, String key, int otherwise, int least, int most) throws Refusal {
            var word = tree.word(key).orElse(String.valueOf(otherwise));
            if (word.matches("\\d{1,5}") && Integer.parseInt(word) >= least && Integer.parseInt(word) <= most) {
                return Integer.parseInt(word);
            }
            throw refuse(key, "\"" + word + "\" is not a number from " + least + " to " + most);
        }

        private Optional<Path> path(Tree.Mapping tree, String key) {
            return tree.word(key).map(directory::resolve);
        }

        private Refusal refuse(String key, String sentence) {
            return new Refusal(Kind.LAYER, file + ": " + key + ": " + sentence);
        }
    }

    /** The address of the store, and the credentials. */
    public sealed interface StoreSettings {
        /** @param servers {@code nats://} or, encrypted, {@code tls://} */
        record Nats(
                List<String> servers,
                Optional<Path> ca,
                Optional<String> user,
                Optional<Path> passwordFile,
                int replicas)
                implements StoreSettings {
            public Nats {
                servers = List.copyOf(servers);
            }
        }

        record Https(URI base, Optional<Path> ca) implements StoreSettings {}

        static StoreSettings read(Tree.Mapping store, Path directory, String place) throws Refusal {
            for (var key : store.entries().keySet()) {
                if (!Set.of("nats", "https", "ca", "user", "password-file", "replicas")
                        .contains(key)) {
                    throw new Refusal(
                            Kind.LAYER,
                            place + key + ": this key is unknown; known here are nats, https, ca,"
                                    + " user, password-file, replicas");
                }
            }
            var ca = store.word("ca").map(directory::resolve);
            var https = store.word("https");
            if (https.isPresent()) {
                if (!https.get().matches("https://[^\\s?#]+")) {
                    throw new Refusal(
                            Kind.LAYER, place + "https: " + https.get() + " is not a URL that begins with https://");
                }
                var base = https.get().endsWith("/") ? https.get() : https.get() + "/";
                return new Https(URI.create(base), ca);
            }
            var servers = store.words("nats");
            if (servers.isEmpty() || !servers.stream().allMatch(s -> s.matches("(nats|tls)://[^\\s/]+"))) {
                throw new Refusal(
                        Kind.LAYER,
                        place + "nats: the servers are missing; add them, such as [\"tls://nats1.example:4222\"]");
            }
            if (store.word("password-file").isPresent()
                    && ca.isEmpty()
                    && servers.stream().anyMatch(s -> s.startsWith("nats:"))) {
                throw new Refusal(
                        Kind.LAYER, place + "nats: the password would be sent in clear text; write tls:// instead");
            }
            var replicas = store.word("replicas").orElse("0");
            return new Nats(
                    servers,
                    ca,
                    store.word("user"),
                    store.word("password-file").map(directory::resolve),
                    replicas.matches("[0135]") ? Integer.parseInt(replicas) : 0);
        }
    }
}
