package io.portero.cli;

import io.portero.migration.FirewalldZones;
import io.portero.migration.ForeignRules;
import io.portero.migration.IptablesSave;
import io.portero.migration.NftRuleset;
import io.portero.migration.UfwRules;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The other firewall that {@code init} reads, and its files. */
public final class OtherFirewall {
    private static final Path BUILT_IN = Path.of("/usr/lib/firewalld");
    private static final long LIMIT = 8L << 20;
    private static final Pattern DEFAULT_ZONE = Pattern.compile("(?m)^DefaultZone=(\\S+)");

    @Option(
            names = "--from-ufw",
            arity = "0..1",
            fallbackValue = "/etc/ufw",
            paramLabel = "DIR",
            description = "Carry over the rules of ufw.")
    private @Nullable Path ufw;

    @Option(
            names = "--from-firewalld",
            arity = "0..1",
            fallbackValue = "/etc/firewalld",
            paramLabel = "DIR",
            description = "Carry over the zones of firewalld.")
    private @Nullable Path firewalld;

    @Option(
            names = "--from-iptables",
            split = ",",
            paramLabel = "FILE",
            description = "Carry over the output of iptables-save; after a comma, add that of ip6tables-save.")
    private List<Path> iptables = List.of();

    @Option(
            names = "--from-nftables",
            paramLabel = "FILE",
            description = "Carry over an nft script, such as /etc/nftables.conf.")
    private @Nullable Path nftables;

    /** The rules that were read, with the option and the files that they came from. */
    record Read(String option, List<String> files, ForeignRules rules) {}

    /** Thrown with a sentence for the user. */
    public static final class CannotRead extends Exception {
        public CannotRead(String sentence) {
            super(sentence, null, false, false);
        }
    }

    int named() {
        return (ufw == null ? 0 : 1)
                + (firewalld == null ? 0 : 1)
                + (iptables.isEmpty() ? 0 : 1)
                + (nftables == null ? 0 : 1);
    }

    /** Reads the firewall that an option names; null if no option names one. */
    @Nullable
    Read read(Tools.NftScripts scripts) throws CannotRead {
        if (ufw != null) {
            return ufw(ufw);
        }
        if (firewalld != null) {
            return firewalld(firewalld);
        }
        if (!iptables.isEmpty()) {
            return iptables(iptables);
        }
        return nftables == null ? null : nftables(nftables, scripts);
    }

    private static Read ufw(Path home) throws CannotRead {
        var v4 = home.resolve("user.rules");
        var v6 = home.resolve("user6.rules");
        var defaults = home.resolveSibling("default").resolve("ufw");
        boolean closed = !Files.exists(defaults) || UfwRules.isClosed(text(defaults));
        var rules = UfwRules.read(name(v4), text(v4), false, closed);
        if (!Files.exists(v6)) {
            return new Read("--from-ufw", List.of(v4.toString()), rules);
        }
        var both = rules.and(UfwRules.read(name(v6), text(v6), true, closed));
        return new Read("--from-ufw", List.of(v4.toString(), v6.toString()), both);
    }

    private static Read firewalld(Path home) throws CannotRead {
        var settings = home.resolve("firewalld.conf");
        var zone = DEFAULT_ZONE.matcher(Files.exists(settings) ? text(settings) : "");
        var others = new ArrayList<String>();
        if (Files.exists(home.resolve("direct.xml"))) {
            others.add("direct.xml");
        }
        xml(home.resolve("policies")).keySet().forEach(policy -> others.add("policies/" + policy + ".xml"));
        var files = new FirewalldZones.Files(
                zone.find() ? zone.group(1) : "public",
                both(home, "zones"),
                both(home, "services"),
                both(home, "ipsets"),
                others);
        if (!files.zones().containsKey(files.defaultZone())) {
            throw new CannotRead(home + " has no zone " + files.defaultZone()
                    + ", which is its default zone: give the directory of firewalld with --from-firewalld=DIR");
        }
        return new Read("--from-firewalld", List.of(home.toString()), FirewalldZones.read(files));
    }

    /** The files of the host, which replace those of the same name that firewalld ships. */
    private static Map<String, String> both(Path home, String kind) throws CannotRead {
        var files = new TreeMap<>(xml(BUILT_IN.resolve(kind)));
        files.putAll(xml(home.resolve(kind)));
        return files;
    }

    private static Map<String, String> xml(Path directory) throws CannotRead {
        var files = new LinkedHashMap<String, String>();
        if (!Files.isDirectory(directory)) {
            return files;
        }
        try (var listed = Files.list(directory)) {
            for (var file :
                    listed.filter(f -> f.toString().endsWith(".xml")).sorted().toList()) {
                files.put(name(file).replaceAll("\\.xml$", ""), text(file));
            }
        } catch (IOException e) {
            throw new CannotRead(directory + " cannot be read: run as root");
        }
        return files;
    }

    private static Read iptables(List<Path> files) throws CannotRead {
        var rules = IptablesSave.read(name(files.getFirst()), text(files.getFirst()));
        for (var more : files.subList(1, files.size())) {
            rules = rules.and(IptablesSave.read(name(more), text(more)));
        }
        return new Read("--from-iptables", files.stream().map(Path::toString).toList(), rules);
    }

    private static Read nftables(Path file, Tools.NftScripts scripts) throws CannotRead {
        text(file); // fails with a clear message if the file itself cannot be read
        return new Read(
                "--from-nftables",
                List.of(file.toString()),
                NftRuleset.read(scripts.listing(file.toAbsolutePath()))
                        .orElseThrow(() -> new CannotRead(file + ": nft could not list it: run as root")));
    }

    private static String name(Path file) {
        var name = file.getFileName();
        return (name == null ? file : name).toString();
    }

    private static String text(Path file) throws CannotRead {
        try {
            if (Files.size(file) > LIMIT) {
                throw new CannotRead(file + " is larger than 8 MB, so it is not a file of firewall rules");
            }
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            throw new CannotRead("there is no " + file + ": give another one");
        } catch (IOException e) {
            throw new CannotRead(file + " cannot be read: run as root, or give another file");
        }
    }
}
