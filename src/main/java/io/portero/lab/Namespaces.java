package io.portero.lab;

import io.portero.exec.Command;
import io.portero.exec.CommandResult;
import io.portero.exec.CommandRunner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The network namespaces of one lab. Their names contain the process id, so that other namespaces are never touched and
 * those of a dead process can be recognised.
 */
final class Namespaces {
    private static final Path DIRECTORY = Path.of("/run/netns");
    private static final Pattern OURS = Pattern.compile("portero-(\\d+)(\\.\\d+)?-[a-z]+");
    private static final Duration TIMEOUT = Patience.of(Duration.ofSeconds(20));
    private static final AtomicInteger LABS = new AtomicInteger();

    private final CommandRunner runner;
    private final String prefix;

    Namespaces(CommandRunner runner) {
        this.runner = runner;
        int lab = LABS.getAndIncrement();
        this.prefix = "portero-" + ProcessHandle.current().pid() + (lab == 0 ? "" : "." + lab) + "-";
    }

    String of(Place place) {
        return prefix + place.word();
    }

    void add(List<Place> places) throws CannotBuild {
        batch(places.stream().map(p -> "netns add " + of(p) + "\n").collect(Collectors.joining()));
    }

    /** Runs a script of {@code ip} where this process is. */
    void batch(String script) throws CannotBuild {
        succeed(new Command(List.of("ip", "-batch", "-"), script, TIMEOUT));
    }

    /** Runs a script of {@code ip} at a place. */
    void batch(Place place, String script) throws CannotBuild {
        succeed(new Command(List.of("ip", "-n", of(place), "-batch", "-"), script, TIMEOUT));
    }

    /** Runs every command at the place. */
    CommandRunner at(Place place) {
        return command -> runner.run(new Command(inside(place, command.words()), command.input(), command.timeout()));
    }

    List<String> inside(Place place, List<String> words) {
        var all = new ArrayList<>(List.of("ip", "netns", "exec", of(place)));
        all.addAll(words);
        return all;
    }

    void succeed(Command command) throws CannotBuild {
        switch (runner.run(command)) {
            case CommandResult.Completed done when done.succeeded() -> {}
            case CommandResult.Completed done ->
                throw new CannotBuild("making network namespaces failed ("
                        + done.errors().lines().findFirst().orElse("no reason given")
                        + "); run it as root, on a kernel with network namespaces and veth");
            case CommandResult.NotStarted not ->
                throw new CannotBuild("the program " + not.program() + " could not be started (" + not.why()
                        + "); install what is missing: apt-get install iproute2 nftables");
            case CommandResult.TimedOut out ->
                throw new CannotBuild(out.program() + " did not end within "
                        + out.timeout().toSeconds() + " seconds and was killed; try again when this host is less busy");
        }
    }

    /** Removes the namespaces that a lab of a dead process has left behind. */
    void removeLeftovers() {
        var left = new ArrayList<String>();
        try (var entries = Files.list(DIRECTORY)) {
            for (var name : entries.map(e -> e.getFileName().toString()).toList()) {
                var matcher = OURS.matcher(name);
                if (matcher.matches()
                        && ProcessHandle.of(Long.parseLong(matcher.group(1))).isEmpty()) {
                    left.add(name);
                }
            }
        } catch (IOException e) {
            return; // no namespace has ever been named on this host
        }
        remove(left);
    }

    void remove() {
        var made = new ArrayList<String>();
        for (var place : Place.values()) {
            if (Files.exists(DIRECTORY.resolve(of(place)))) {
                made.add(of(place));
            }
        }
        remove(made);
    }

    /** A namespace lives as long as a process in it, so its processes are ended first. */
    private void remove(List<String> names) {
        if (names.isEmpty()) {
            return;
        }
        names.forEach(this::endProcesses);
        var script = names.stream().map(n -> "netns delete " + n + "\n").collect(Collectors.joining());
        runner.run(new Command(List.of("ip", "-force", "-batch", "-"), script, TIMEOUT));
    }

    private void endProcesses(String name) {
        var result = runner.run(Command.of(TIMEOUT, "ip", "netns", "pids", name));
        if (result instanceof CommandResult.Completed done && done.succeeded()) {
            done.output()
                    .lines()
                    .map(String::strip)
                    .filter(l -> !l.isEmpty())
                    .forEach(pid -> ProcessHandle.of(Long.parseLong(pid)).ifPresent(ProcessHandle::destroyForcibly));
        }
    }
}
