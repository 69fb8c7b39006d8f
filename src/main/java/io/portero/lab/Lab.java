package io.portero.lab;

import io.portero.exec.Child;
import io.portero.exec.Command;
import io.portero.exec.CommandResult;
import io.portero.exec.CommandRunner;
import io.portero.exec.ProcessRunner;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A small Internet in network namespaces: a host, a router, and {@link Place places} around it.
 *
 * <p>Everything is gone after {@link #close}, which also happens when the process is told to end; the next lab removes
 * what a killed process left behind. Nothing outside the namespaces is touched. Needs root on the machine or in a user
 * namespace ({@link Privilege}).
 */
public final class Lab implements AutoCloseable {
    private static final Duration TIMEOUT = Patience.of(Duration.ofSeconds(20));
    /** Allows spoofed sources everywhere, and removes the rate limit on ICMP errors for closed ports. */
    private static final String ROUTING = """
            cd /proc/sys/net
            echo 1 > ipv4/ip_forward
            echo 1 > ipv6/conf/all/forwarding
            for f in ipv4/conf/*/rp_filter; do echo 0 > $f; done
            echo 0 > ipv4/icmp_ratelimit
            echo 0 > ipv6/icmp/ratelimit
            """;

    private static final String SENDING = "echo 1 > /proc/sys/net/ipv6/ip_nonlocal_bind";

    private static volatile boolean interrupted;

    private final Namespaces names;
    private final Scratch scratch;
    private final Map<Place, Outpost> outposts = new EnumMap<>(Place.class);
    private final List<Child> children = new ArrayList<>();
    private final Thread atExit = new Thread(this::takeAway, "takes the lab away");
    private boolean closed;

    private Lab(Namespaces names, Scratch scratch) {
        this.names = names;
        this.scratch = scratch;
    }

    /** A lab with a host and all places outside it. */
    public static Lab build() throws CannotBuild {
        return build(false);
    }

    /** The same, and a container behind a bridge in the host. */
    public static Lab buildWithContainer() throws CannotBuild {
        return build(true);
    }

    private static Lab build(boolean container) throws CannotBuild {
        var names = new Namespaces(new ProcessRunner());
        names.removeLeftovers();
        Scratch.removeLeftovers();
        var lab = new Lab(names, Scratch.make());
        Runtime.getRuntime().addShutdownHook(lab.atExit);
        try {
            lab.wireUp(container);
            return lab;
        } catch (CannotBuild e) {
            lab.close();
            throw e;
        }
    }

    private void wireUp(boolean container) throws CannotBuild {
        var places = new ArrayList<>(Place.OUTSIDE);
        places.add(Place.HOST);
        places.add(Place.WIRE);
        if (container) {
            places.add(Place.CONTAINER);
        }
        names.add(places);
        names.batch(Blueprint.cables(names, container));
        names.batch(Place.WIRE, Blueprint.wire());
        names.batch(Place.HOST, Blueprint.place(Place.HOST));
        for (var place : Place.OUTSIDE) {
            names.batch(place, Blueprint.place(place));
            shell(place, SENDING);
        }
        if (container) {
            names.batch(Place.HOST, Blueprint.bridge());
            names.batch(Place.CONTAINER, Blueprint.container());
        }
        shell(Place.WIRE, ROUTING);
        shell(Place.HOST, ROUTING);
    }

    /** A process must be in a namespace to write its sysctls. */
    private void shell(Place place, String script) throws CannotBuild {
        names.succeed(new Command(names.inside(place, List.of("sh", "-e")), script, TIMEOUT));
    }

    /** Runs every command at a place. */
    public CommandRunner at(Place place) {
        return names.at(place);
    }

    /** Runs one command at a place to its end. */
    public CommandResult run(Place place, String... words) {
        return at(place).run(Command.of(TIMEOUT, words));
    }

    /** The name of a place's network namespace. */
    public String namespace(Place place) {
        return names.of(place);
    }

    /** Runs a script of {@code ip} at a place. */
    public void ip(Place place, String script) throws CannotBuild {
        names.batch(place, script);
    }

    /** Publishes a container's port at the host, over TCP and UDP, as container engines do. */
    public void publish(int published, int inside) throws CannotBuild {
        names.succeed(new Command(
                names.inside(Place.HOST, List.of("nft", "-f", "-")), Blueprint.published(published, inside), TIMEOUT));
    }

    /** Watches the packets that come to the host. */
    public Sighting sighting() {
        return new Sighting(at(Place.HOST));
    }

    /** Starts probes, all at once. */
    public void man(Self self, List<Place> places) throws CannotBuild {
        for (var place : places) {
            try {
                var outpost = new Outpost(names.inside(place, self.probe()), log("probe-" + place.word()));
                outposts.put(place, outpost);
            } catch (IOException e) {
                throw new CannotBuild("portero could not be started again (" + e.getMessage() + ")");
            }
        }
        for (var place : places) {
            Objects.requireNonNull(outposts.get(place)).awaitReady();
        }
    }

    /** The probe that was started at a place. */
    public Outpost from(Place place) {
        var outpost = outposts.get(place);
        if (outpost == null) {
            throw new IllegalStateException("nobody is at " + place);
        }
        return outpost;
    }

    /** Starts a program at a place that runs until the lab is closed, its output going to {@link #log}. */
    public Child start(Place place, String name, List<String> words) throws IOException {
        var child = Child.logging(names.inside(place, words), log(name));
        children.add(child);
        return child;
    }

    /** The file for the output of a program. */
    public Path log(String name) {
        return scratch.directory().resolve(name + ".log");
    }

    /** A directory that is removed with the lab. */
    public Path directory() {
        return scratch.directory();
    }

    @Override
    public void close() {
        cleanUp();
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            // The process is ending: the shutdown hook does the rest.
        }
    }

    private void takeAway() {
        interrupted = true;
        cleanUp();
    }

    /** Whether this process has been told to end, so that failures are expected from now on. */
    public static boolean isInterrupted() {
        return interrupted;
    }

    private synchronized void cleanUp() {
        if (closed) {
            return;
        }
        closed = true;
        children.forEach(Child::terminate);
        outposts.values().forEach(Outpost::close);
        children.forEach(Child::close);
        names.remove();
        scratch.remove();
    }
}
