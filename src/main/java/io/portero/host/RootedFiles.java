package io.portero.host;

import io.portero.telephony.ConfigFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Files below a directory that is the root directory of a process, as {@code /proc/PID/root} of a container.
 *
 * <p>Links are resolved as the process sees them, and never lead out of its root. Only regular files up to a size limit
 * are opened.
 */
final class RootedFiles implements ConfigFiles {
    private static final int MOST_LINKS = 40;
    private static final int MOST_BYTES = 4 * 1024 * 1024;

    private final Path root;
    private final SortedSet<String> denied = new TreeSet<>();

    RootedFiles(Path root) {
        this.root = root;
    }

    @Override
    public Optional<String> text(String path) {
        try {
            var real = resolve(path);
            var attributes = Files.readAttributes(real, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (!attributes.isRegularFile() || attributes.size() > MOST_BYTES) {
                return Optional.empty();
            }
            try (InputStream in = Files.newInputStream(real, LinkOption.NOFOLLOW_LINKS)) {
                return Optional.of(new String(in.readNBytes(MOST_BYTES), StandardCharsets.UTF_8));
            }
        } catch (AccessDeniedException e) {
            denied.add(path);
            return Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    @Override
    public List<String> matching(String path) {
        int slash = path.lastIndexOf('/');
        var parent = path.substring(0, slash);
        var found = new ArrayList<String>();
        try (var files = Files.newDirectoryStream(resolve(parent), path.substring(slash + 1))) {
            files.forEach(f -> found.add(parent + "/" + f.getFileName()));
        } catch (AccessDeniedException e) {
            denied.add(parent);
        } catch (IOException e) {
            return List.of();
        }
        return found.stream().sorted().toList();
    }

    /** Files that exist and may not be read. */
    List<String> denied() {
        return List.copyOf(denied);
    }

    /** The path without links, below the root. */
    private Path resolve(String path) throws IOException {
        var ahead = new ArrayDeque<String>(List.of(path.split("/")));
        var names = new ArrayDeque<String>();
        int links = 0;
        while (!ahead.isEmpty()) {
            var name = ahead.pop();
            if (name.equals("..")) {
                names.pollLast();
            } else if (!name.isEmpty() && !name.equals(".")) {
                var here = below(names).resolve(name);
                if (Files.isSymbolicLink(here)) {
                    if (++links > MOST_LINKS) {
                        throw new IOException("too many links: " + path);
                    }
                    var target = Files.readSymbolicLink(here).toString();
                    if (target.startsWith("/")) {
                        names.clear();
                    }
                    List.of(target.split("/")).reversed().forEach(ahead::push);
                } else {
                    names.addLast(name);
                }
            }
        }
        return below(names);
    }

    private Path below(Iterable<String> names) {
        var path = root;
        for (var name : names) {
            path = path.resolve(name);
        }
        return path;
    }
}
