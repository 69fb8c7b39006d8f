package io.portero.fleet;

import io.portero.fleet.Refusal.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The last signed files: {@code signed/ROLE.bundle} in the fleet's directory, and the lists in {@code signed/lists}.
 *
 * <p>A web server may serve this directory unchanged.
 */
public final class Signed {
    private static final String SUFFIX = ".bundle";

    private final Path directory;

    public Signed(Path fleetDirectory) {
        this.directory = fleetDirectory.resolve("signed");
    }

    /** The bundles by role. */
    public SortedMap<String, Bundle> bundles() throws Refusal {
        var bundles = new TreeMap<String, Bundle>();
        try (Stream<Path> files = Files.list(directory)) {
            for (var file : files.sorted().toList()) {
                var name = String.valueOf(file.getFileName());
                if (name.endsWith(SUFFIX)) {
                    bundles.put(
                            name.substring(0, name.length() - SUFFIX.length()), Bundle.parse(Files.readAllBytes(file)));
                }
            }
        } catch (NoSuchFileException e) {
            return bundles;
        } catch (IOException e) {
            throw failed(e);
        }
        return bundles;
    }

    /** The highest version among them; 0 for none. */
    public long version() throws Refusal {
        long highest = 0;
        for (var bundle : bundles().values()) {
            highest = Math.max(highest, Manifest.parse(bundle.signed()).version());
        }
        return highest;
    }

    public void write(String role, Bundle bundle) throws Refusal {
        write(directory.resolve(role + SUFFIX), bundle.text());
    }

    /** Removes the bundles of removed roles. */
    public void keepOnly(Set<String> roles) throws Refusal {
        for (var role : bundles().keySet()) {
            if (!roles.contains(role)) {
                try {
                    Files.deleteIfExists(directory.resolve(role + SUFFIX));
                } catch (IOException e) {
                    throw failed(e);
                }
            }
        }
    }

    /** Stores a list, and its difference to the last signed list of the same name. */
    public void keepList(ListRef list, String content, Optional<ListRef> before) throws Refusal {
        write(listFile(list.hash()), content);
        if (before.isPresent() && !before.get().hash().equals(list.hash())) {
            var old = object(before.get().hash());
            if (old.isPresent()) {
                var delta = ListDelta.between(new String(old.get(), StandardCharsets.UTF_8), content);
                if (delta.length() < content.length() / 2) {
                    write(listFile(ListDelta.name(before.get().hash(), list.hash())), delta);
                }
            }
        }
    }

    /**
     * Removes the lists that no bundle here names any more, a week after they were signed: until then a web server may
     * still serve an earlier bundle. Their age is measured by the newest of them, so that a wrong clock removes nothing.
     */
    public OldLists.Removed removeOldLists() throws Refusal {
        var named = new NamedLists();
        for (var bundle : bundles().values()) {
            named.add(bundle);
        }
        try {
            return removeOldLists(named);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private OldLists.Removed removeOldLists(NamedLists named) throws IOException {
        var ages = new TreeMap<String, Instant>();
        try (Stream<Path> files = Files.list(directory.resolve("lists"))) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                ages.put(
                        String.valueOf(file.getFileName()),
                        Files.getLastModifiedTime(file).toInstant());
            }
        } catch (NoSuchFileException e) {
            return new OldLists.Removed(0, 0);
        }
        var newest = ages.values().stream().max(Instant::compareTo).orElse(Instant.MIN);
        int objects = 0;
        long bytes = 0;
        for (var file : ages.entrySet()) {
            if (file.getValue().plus(OldLists.KEPT).isBefore(newest) && named.isUnnamed(file.getKey())) {
                bytes += Files.size(listFile(file.getKey()));
                objects++;
                Files.delete(listFile(file.getKey()));
            }
        }
        return new OldLists.Removed(objects, bytes);
    }

    private Path listFile(String name) {
        return directory.resolve("lists").resolve(name);
    }

    /** A signed list, if it still exists. */
    public Optional<String> list(ListRef list) throws Refusal {
        return object(list.hash()).map(bytes -> new String(bytes, StandardCharsets.UTF_8));
    }

    Optional<byte[]> object(String name) throws Refusal {
        try {
            return Optional.of(Files.readAllBytes(listFile(name)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /** A list and the differences to it, by name. */
    public Map<String, byte[]> objectsOf(ListRef list) throws Refusal {
        var objects = new TreeMap<String, byte[]>();
        var whole = object(list.hash());
        if (whole.isEmpty()) {
            throw new Refusal(Kind.LIST, listFile(list.hash()) + " is missing; sign again: portero fleet sign");
        }
        objects.put(list.hash(), whole.get());
        try (Stream<Path> files = Files.list(directory.resolve("lists"))) {
            for (var file : files.toList()) {
                var name = String.valueOf(file.getFileName());
                if (name.endsWith("-" + list.hash().substring(0, 32))) {
                    objects.put(name, Files.readAllBytes(file));
                }
            }
        } catch (IOException e) {
            throw failed(e);
        }
        return objects;
    }

    private static void write(Path file, String text) throws Refusal {
        try {
            var parent = file.getParent();
            if (parent != null) {
                Files.createDirectories(parent);
            }
            var beside = file.resolveSibling("." + file.getFileName() + ".new");
            Files.writeString(beside, text);
            Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private static Refusal failed(IOException e) {
        return new Refusal(Kind.LAYER, "the directory signed/ cannot be used: " + e.getMessage());
    }
}
