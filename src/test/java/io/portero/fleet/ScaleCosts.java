package io.portero.fleet;

import io.portero.exec.Child;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * What was used since the start: processor time in seconds, and bytes that the servers sent to their clients.
 *
 * @param hosts what ran in the hosts' processes
 * @param keygens what their ssh-keygens used
 */
record ScaleCosts(double hosts, double keygens, double servers, long sent) {
    private static final Pattern MONITOR = Pattern.compile("http monitor on 127.0.0.1:(\\d+)");
    private static final Pattern OUT = Pattern.compile("\"out_bytes\": (\\d+)");
    private static final double TICKS = 100.0;

    static ScaleCosts of(Path base, List<Child> hosts) throws IOException {
        double own = 0;
        double keygens = 0;
        for (var host : hosts) {
            var times = times(Path.of("/proc", String.valueOf(host.pid())));
            own += times[0];
            keygens += times[1];
        }
        double servers = 0;
        for (var server : running(base)) {
            servers += times(server)[0];
        }
        return new ScaleCosts(own, keygens, servers, sentBytes(base));
    }

    /** That of a process, and that of its children that have ended: proc(5). */
    private static double[] times(Path process) throws IOException {
        var stat = Files.readString(process.resolve("stat"));
        var words = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return new double[] {
            (Long.parseLong(words[11]) + Long.parseLong(words[12])) / TICKS,
            (Long.parseLong(words[13]) + Long.parseLong(words[14])) / TICKS
        };
    }

    private static long sentBytes(Path base) throws IOException {
        long bytes = 0;
        for (int i = 0; i < 3; i++) {
            var port = MONITOR.matcher(Files.readString(base.resolve("nats" + i + ".log")));
            if (!port.find()) {
                throw new IOException("a server has no monitor");
            }
            try (var in = URI.create("http://127.0.0.1:" + port.group(1) + "/varz")
                    .toURL()
                    .openStream()) {
                var out = OUT.matcher(new String(in.readAllBytes(), StandardCharsets.UTF_8));
                bytes += out.find() ? Long.parseLong(out.group(1)) : 0;
            }
        }
        return bytes;
    }

    /** The directories of the servers' processes. */
    private static List<Path> running(Path base) throws IOException {
        var servers = new ArrayList<Path>();
        try (var processes = Files.list(Path.of("/proc"))) {
            for (var process : processes
                    .filter(p -> String.valueOf(p.getFileName()).matches("\\d+"))
                    .toList()) {
                try {
                    if (Files.readString(process.resolve("cmdline")).startsWith("nats-server\0-c\0" + base)) {
                        servers.add(process);
                    }
                } catch (IOException e) {
                    // It has ended.
                }
            }
        }
        return servers;
    }

    /** The resident memory of the servers, in KiB. */
    static long resident(Path base) throws IOException {
        long kib = 0;
        for (var server : running(base)) {
            kib += Files.readString(server.resolve("status"))
                    .lines()
                    .filter(l -> l.startsWith("VmRSS:"))
                    .mapToLong(l -> Long.parseLong(l.replaceAll("\\D", "")))
                    .sum();
        }
        return kib;
    }

    String forEach(int count, ScaleCosts before) {
        double own = hosts - before.hosts;
        double keygen = keygens - before.keygens;
        double server = servers - before.servers;
        return String.format(
                Locale.ROOT,
                "%.1f ms of processor for each host: %.1f in its process, %.1f in ssh-keygen, %.1f in the servers;"
                        + " sent %d bytes for each host",
                1000 * (own + keygen + server) / count,
                1000 * own / count,
                1000 * keygen / count,
                1000 * server / count,
                (sent - before.sent) / count);
    }
}
