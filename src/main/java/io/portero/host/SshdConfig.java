package io.portero.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the ports from sshd's configuration and the files that it includes (sshd_config(5)): from {@code Port}, and
 * from {@code ListenAddress} with a port. Empty when the file cannot be read or names no port; then sshd uses port 22.
 */
final class SshdConfig {
    private static final Pattern PORT = Pattern.compile("(?i)\\s*Port[\\s=]+(\\d{1,5})\\s*(?:#.*)?");
    private static final Pattern ADDRESS =
            Pattern.compile("(?i)\\s*ListenAddress[\\s=]+(?:\\[[^]]+]|[^\\s:]+):(\\d{1,5})\\b.*");
    private static final Pattern INCLUDE = Pattern.compile("(?i)\\s*Include[\\s=]+(\\S+).*");

    private SshdConfig() {}

    static SortedSet<Integer> ports(Path file) {
        var ports = new TreeSet<Integer>();
        for (var line : lines(file)) {
            port(PORT.matcher(line), ports);
            port(ADDRESS.matcher(line), ports);
            var include = INCLUDE.matcher(line);
            if (include.matches()) {
                included(file, include.group(1))
                        .forEach(f -> lines(f).forEach(l -> {
                            port(PORT.matcher(l), ports);
                            port(ADDRESS.matcher(l), ports);
                        }));
            }
        }
        return ports;
    }

    private static void port(Matcher line, SortedSet<Integer> ports) {
        if (line.matches()) {
            int port = Integer.parseInt(line.group(1));
            if (port >= 1 && port <= 65535) {
                ports.add(port);
            }
        }
    }

    /** A relative pattern starts at the directory of the file. */
    private static List<Path> included(Path file, String pattern) {
        var path = file.resolveSibling(pattern);
        var found = new ArrayList<Path>();
        try (var files =
                Files.newDirectoryStream(path.getParent(), path.getFileName().toString())) {
            files.forEach(found::add);
        } catch (IOException e) {
            return List.of();
        }
        return found;
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            return List.of();
        }
    }
}
