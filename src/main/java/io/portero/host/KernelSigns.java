package io.portero.host;

import io.portero.doctor.HostState;
import io.portero.policy.Ip;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/** Reads the settings and counters of the kernel that affect voice calls. */
final class KernelSigns {
    private static final List<String> SETTINGS = List.of(
            "net.netfilter.nf_conntrack_helper",
            "net.netfilter.nf_conntrack_count",
            "net.netfilter.nf_conntrack_max",
            "net.netfilter.nf_conntrack_udp_timeout",
            "net.netfilter.nf_conntrack_udp_timeout_stream",
            "net.ipv4.ip_forward",
            "net.ipv6.conf.all.forwarding",
            "net.bridge.bridge-nf-call-iptables",
            "net.bridge.bridge-nf-call-ip6tables");
    /** Two numbers in one file. */
    private static final String LOCAL_RANGE = "net.ipv4.ip_local_port_range";

    private static final String RESERVED = "net.ipv4.ip_local_reserved_ports";

    private final Path proc;
    private final Path sys;
    private final Path root;

    KernelSigns(Path proc, Path sys, Path root) {
        this.proc = proc;
        this.sys = sys;
        this.root = root;
    }

    HostState.Kernel read() {
        return new HostState.Kernel(modules(), settings(), counters(), bridges(), anycast(), withoutModules());
    }

    /**
     * The release of the running kernel, if its modules were removed and those of another kernel are here. A host without
     * any has no kernel of its own, or one without modules.
     */
    private Optional<String> withoutModules() {
        var installed = root.resolve("lib/modules");
        return ProcFiles.lines(proc.resolve("sys/kernel/osrelease")).stream()
                .findFirst()
                .filter(release -> !modules().isEmpty() && !Files.exists(installed.resolve(release)))
                .filter(release -> hasEntries(installed));
    }

    private static boolean hasEntries(Path directory) {
        try (var entries = Files.newDirectoryStream(directory)) {
            return entries.iterator().hasNext();
        } catch (IOException e) {
            return false;
        }
    }

    private Set<String> modules() {
        var modules = new HashSet<String>();
        ProcFiles.lines(proc.resolve("modules")).forEach(line -> modules.add(line.split(" ", 2)[0]));
        return modules;
    }

    private Map<String, Long> settings() {
        var settings = new HashMap<String, Long>();
        for (var name : SETTINGS) {
            words(name).stream().findFirst().ifPresent(word -> put(settings, name, word));
        }
        var range = words(LOCAL_RANGE);
        if (range.size() == 2) {
            put(settings, LOCAL_RANGE + ".first", range.getFirst());
            put(settings, LOCAL_RANGE + ".last", range.getLast());
        }
        settings.put(RESERVED + ".any", words(RESERVED).isEmpty() ? 0L : 1L);
        return settings;
    }

    /** Dots become slashes in the path; none of these settings has a dot in a file name. */
    private List<String> words(String name) {
        var file = proc.resolve("sys").resolve(name.replace('.', '/'));
        return ProcFiles.lines(file).stream()
                .flatMap(l -> List.of(l.strip().split("\\s+")).stream())
                .filter(w -> !w.isEmpty())
                .toList();
    }

    private static void put(Map<String, Long> numbers, String name, String word) {
        try {
            numbers.put(name, Long.parseLong(word));
        } catch (NumberFormatException e) {
            numbers.remove(name); // not a number
        }
    }

    private Map<String, Long> counters() {
        var counters = new HashMap<String, Long>();
        snmp(counters);
        for (var line : ProcFiles.lines(proc.resolve("net/snmp6"))) {
            var words = line.strip().split("\\s+");
            if (words.length == 2) {
                put(counters, words[0].replaceFirst("^(Ip6|Udp6)", "$1."), words[1]);
            }
        }
        conntrack(counters);
        return counters;
    }

    /** The file has pairs of lines: the names, then the numbers. */
    private void snmp(Map<String, Long> counters) {
        var lines = ProcFiles.lines(proc.resolve("net/snmp"));
        for (int i = 0; i + 1 < lines.size(); i += 2) {
            var names = lines.get(i).split("\\s+");
            var numbers = lines.get(i + 1).split("\\s+");
            var group = names[0].replace(":", ".");
            for (int j = 1; j < Math.min(names.length, numbers.length); j++) {
                put(counters, group + names[j], numbers[j]);
            }
        }
    }

    /** The file has a line for each processor, in hexadecimal; in containers it may not exist. */
    private void conntrack(Map<String, Long> counters) {
        var lines = ProcFiles.lines(proc.resolve("net/stat/nf_conntrack"));
        if (lines.isEmpty()) {
            return;
        }
        var names = lines.getFirst().strip().split("\\s+");
        for (var line : lines.subList(1, lines.size())) {
            var numbers = line.strip().split("\\s+");
            for (int j = 0; j < Math.min(names.length, numbers.length); j++) {
                try {
                    counters.merge("conntrack." + names[j], HexFormat.fromHexDigitsToLong(numbers[j]), Long::sum);
                } catch (IllegalArgumentException e) {
                    return; // another form than is known
                }
            }
        }
    }

    private SortedSet<String> bridges() {
        var bridges = new TreeSet<String>();
        for (var device : ProcFiles.entries(sys.resolve("class/net"))) {
            if (Files.exists(device.resolve("bridge"))) {
                bridges.add(device.getFileName().toString());
            }
        }
        return bridges;
    }

    /** {@code /proc/net/anycast6}: index, interface, address in 32 digits, users. */
    private List<Ip> anycast() {
        var found = new ArrayList<Ip>();
        for (var line : ProcFiles.lines(proc.resolve("net/anycast6"))) {
            var words = line.strip().split("\\s+");
            if (words.length > 2 && words[2].length() == 32) {
                try {
                    var ip = Ip.parse(words[2].replaceAll("(.{4})(?!$)", "$1:"));
                    if (!words[2].startsWith("fe80")) {
                        found.add(ip);
                    }
                } catch (Ip.NotAnAddress e) {
                    return found; // another form than is known
                }
            }
        }
        return found;
    }
}
