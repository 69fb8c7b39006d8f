package io.portero.host;

import io.portero.doctor.HostState.Clock;
import io.portero.doctor.HostState.Services;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds which program keeps the clock, and what is started at boot. */
final class HostServices {
    private static final String BOOT = "portero-boot.service";
    private static final String TIMESYNCD = "systemd-timesyn"; // the kernel truncates the name
    private static final List<String> KEEPERS =
            List.of("chronyd", "ntpd", "ntpsec", "openntpd", "ptp4l", "phc2sys", "VBoxService", "vmtoolsd");

    private final Path proc;
    private final Path root;
    private final FirewallServices firewalls;

    HostServices(Path proc, Path root) {
        this.proc = proc;
        this.root = root;
        this.firewalls = new FirewallServices(root.resolve("etc"));
    }

    Services read() {
        var keeper = keeper();
        return new Services(clock(keeper), keeper.orElse(""), enforcedAtBoot(), firewalls.flushRuleset());
    }

    private Optional<String> keeper() {
        var names = ProcFiles.children(proc).stream()
                .flatMap(p -> ProcFiles.lines(p.resolve("comm")).stream().limit(1))
                .toList();
        return Stream.concat(KEEPERS.stream(), Stream.of(TIMESYNCD))
                .filter(names::contains)
                .findFirst()
                .map(name -> name.equals(TIMESYNCD) ? "systemd-timesyncd" : name);
    }

    /** Only timesyncd leaves a file that shows that it has set the clock. */
    private Clock clock(Optional<String> keeper) {
        if (isContainer()) {
            return Clock.UNKNOWN;
        }
        if (keeper.isEmpty()) {
            return Clock.NOBODY;
        }
        boolean unset = keeper.get().equals("systemd-timesyncd")
                && !Files.exists(root.resolve("run/systemd/timesync/synchronized"));
        return unset ? Clock.NOT_YET_SET : Clock.KEPT;
    }

    private boolean isContainer() {
        return Stream.of("run/systemd/container", ".dockerenv", "run/.containerenv")
                .anyMatch(f -> Files.exists(root.resolve(f)));
    }

    private Optional<Boolean> enforcedAtBoot() {
        boolean installed = Stream.of("etc/systemd/system", "usr/lib/systemd/system", "lib/systemd/system")
                .anyMatch(d -> Files.exists(root.resolve(d).resolve(BOOT)));
        return installed && Files.isDirectory(root.resolve("run/systemd/system"))
                ? Optional.of(firewalls.isEnabled(BOOT))
                : Optional.empty();
    }
}
