package io.portero.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;

/**
 * Finds other firewalls that this host starts at boot, from the files of systemd and their own, and reports only what
 * they mean for us.
 */
public final class FirewallServices {
    private final Path etc;

    public FirewallServices() {
        this(Path.of("/etc"));
    }

    FirewallServices(Path etc) {
        this.etc = etc;
    }

    /** @param tables the known tables of other programs, by family and name */
    public List<String> remarks(SortedSet<String> tables) {
        var remarks = new ArrayList<String>();
        if (flushRuleset()) {
            remarks.add("nftables.service is enabled and /etc/nftables.conf flushes the whole ruleset: each start,"
                    + " reload and stop of it deletes all tables; the agent restores its own at once"
                    + (tables.isEmpty()
                            ? ""
                            : ", but nobody restores those of others (" + String.join(", ", tables) + ")")
                    + "; run systemctl disable nftables.service, or let /etc/nftables.conf flush only"
                    + " its own table");
        }
        if (isEnabled("firewalld.service")) {
            remarks.add("firewalld.service is enabled and filters as well: what it drops is lost, even if this"
                    + " policy admits it; open the same ports there, or run systemctl disable --now"
                    + " firewalld.service");
        }
        if (isEnabled("ufw.service") && says("ufw/ufw.conf", "ENABLED=yes")) {
            remarks.add("ufw is enabled and filters as well: what it drops is lost, even if this policy admits it;"
                    + " allow the same ports there, or run ufw disable");
        }
        return remarks;
    }

    /** Whether starting or stopping one of them deletes every table. */
    boolean flushRuleset() {
        return isEnabled("nftables.service") && flushes();
    }

    boolean isEnabled(String unit) {
        try (var wants = Files.newDirectoryStream(etc.resolve("systemd/system"), "*.wants")) {
            for (var directory : wants) {
                if (Files.isSymbolicLink(directory.resolve(unit))) {
                    return true;
                }
            }
        } catch (IOException e) {
            return false; // no systemd here
        }
        return false;
    }

    private boolean flushes() {
        return says("nftables.conf", "flush ruleset");
    }

    private boolean says(String file, String line) {
        try (var lines = Files.lines(etc.resolve(file))) {
            return lines.map(String::strip).anyMatch(l -> l.startsWith(line));
        } catch (IOException | java.io.UncheckedIOException e) {
            return false;
        }
    }
}
