package io.portero.demo;

import io.portero.config.Loaded;
import io.portero.config.PolicyReader;
import io.portero.lab.CannotBuild;
import io.portero.lab.Conversation;
import io.portero.lab.Lab;
import io.portero.lab.Outpost;
import io.portero.lab.Patience;
import io.portero.lab.Place;
import io.portero.lab.Privilege;
import io.portero.lab.Reach;
import io.portero.lab.Self;
import io.portero.policy.Explainer;
import io.portero.policy.Family;
import io.portero.policy.Protocol;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * The demonstration: the real agent with the OMniLeads policy, and clients that try every port.
 *
 * <p>Packets test each statement. The demonstration fails if a statement is false.
 */
public final class Demo {
    private static final Duration PATIENCE = Patience.of(Duration.ofSeconds(10));
    private static final Duration A_MOMENT = Patience.of(Duration.ofMillis(600));
    private static final int SSH = 22;
    private static final int SIP = 5060;
    private static final int RTP = 40000;
    private static final int POSTGRES = 5432;
    private static final String HOST = Place.HOST.address(Family.V4);

    private final Page page;
    private final Lab lab;
    private final Self self;
    private final Checks checks;

    private Demo(Page page, Lab lab, Self self) {
        this.page = page;
        this.checks = new Checks(page);
        this.lab = lab;
        this.self = self;
    }

    /** Runs all parts; returns 0 if all checks passed, otherwise 1. */
    public static int run(PrintStream out, boolean colour) {
        try {
            var self = Self.find();
            if (!Privilege.isRoot() && !Privilege.isInside()) {
                out.println();
                out.println("  Not root: using a user namespace, in which this user has root's rights.");
                out.flush();
                return Privilege.again(self, colour ? List.of("demo") : List.of("demo", "--no-colour"));
            }
            return show(new Page(out, colour), self);
        } catch (CannotBuild e) {
            if (!Lab.isInterrupted()) {
                System.err.println("portero: " + e.getMessage());
            }
            return 1;
        }
    }

    private static int show(Page page, Self self) throws CannotBuild {
        page.title(
                "Portero: OMniLeads All-In-One on a VPS, and who can reach it",
                "A host and the Internet around it, in temporary network namespaces.");
        page.heading("Building a host, a router, and the clients outside");
        try (var lab = Lab.buildWithContainer()) {
            return new Demo(page, lab, self).show();
        } catch (IOException | CompletionException e) {
            throw new CannotBuild("the demonstration could not go on: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CannotBuild("interrupted");
        }
    }

    private int show() throws CannotBuild, IOException, InterruptedException {
        var policy = Agent.policy();
        setTheScene();
        var session = converse(Place.ADMIN, Protocol.TCP, SSH);
        showUnguarded();
        var agent = startAgent(policy);
        if (agent == null) {
            return checks.end();
        }
        showWhoReachesWhat(policy);
        showEdits(agent, policy);
        boolean sealed = Agent.metric(agent.get("/metrics"), "portero_sealed").orElse(0) == 1;
        showRepairs(sealed);
        showMetrics(agent, sealed);
        boolean held = session.lasted(PATIENCE);
        checks.check(held, "the administrator's ssh session, during the whole demo,", held ? "held" : "broke");
        return checks.end();
    }

    private void setTheScene() throws CannotBuild {
        page.detail("host      192.0.2.1     2001:db8::1       a container behind a bridge in it");
        page.detail("admin     198.51.100.7  2001:db8:ad::7    logged in by ssh");
        page.detail("ITSP      203.0.113.10  2001:db8:203::10");
        page.detail("monitor   192.0.2.10    2001:db8:10::10");
        page.detail("stranger  192.0.2.99    2001:db8:99::99   any other address");
        page.detail("denied    203.0.113.66  2001:db8:bad::66  on the blocklist");
        var places = new ArrayList<>(Place.OUTSIDE);
        places.add(Place.HOST);
        places.add(Place.CONTAINER);
        lab.man(self, places);
        var listening = new ArrayList<CompletableFuture<?>>();
        for (var at : Door.atHost()) {
            listening.add(
                    lab.from(Place.HOST).listen(at.port().protocol(), at.port().first()));
        }
        listening.add(lab.from(Place.CONTAINER).listen(Protocol.TCP, Door.INSIDE));
        listening.forEach(CompletableFuture::join);
        lab.publish(Door.PUBLISHED, Door.INSIDE);
    }

    private void showUnguarded() {
        page.heading("Without a firewall: the stranger tries all listening ports");
        var tries = new ArrayList<CompletableFuture<Reach>>();
        var stranger = lab.from(Place.STRANGER);
        for (var family : Family.values()) {
            var to = Place.HOST.address(family);
            for (var at : Door.atHost()) {
                tries.add(stranger.reach(
                        at.port().protocol(), Outpost.ANY_SOURCE, to, at.port().first(), PATIENCE));
            }
            tries.add(stranger.reach(Protocol.TCP, Outpost.ANY_SOURCE, to, Door.PUBLISHED, PATIENCE));
        }
        long open = tries.stream().filter(t -> t.join() == Reach.OPEN).count();
        checks.check(
                open == tries.size(),
                "it reaches all, PostgreSQL and Asterisk ARI among them",
                open + " of " + tries.size());
    }

    /** Null if the agent did not become ready. */
    private @org.jspecify.annotations.Nullable Agent startAgent(String policy)
            throws IOException, InterruptedException {
        page.heading("Starting the agent on packaging/examples/all-in-one.yaml");
        var stranger = converse(Place.STRANGER, Protocol.TCP, POSTGRES);
        long start = System.nanoTime();
        var agent = Agent.start(lab, self, policy);
        var shut = stranger.awaitDown(Patience.of(Duration.ofSeconds(40)));
        boolean ready = shut.isPresent() && agent.awaitReady();
        checks.happened(shut, start, "the stranger's running session on PostgreSQL stops after");
        checks.check(ready, "the agent answers /health/ready", ready ? "yes" : "no");
        if (!ready) {
            agent.lastWords().forEach(page::detail);
            return null;
        }
        return agent;
    }

    private Conversation converse(Place place, Protocol protocol, int port) throws InterruptedException {
        var conversation = lab.from(place)
                .converse(protocol, place.address(Family.V4), HOST, port)
                .join();
        conversation.awaitUp(PATIENCE);
        return conversation;
    }

    private void showWhoReachesWhat(String policy) {
        page.heading("Who reaches what: each cell tried with real packets, IPv4 and IPv6");
        page.detail("open: reached, as the policy says      . : no answer, as the policy says");
        if (!(new PolicyReader().parse("all-in-one.yaml", policy) instanceof Loaded.Accepted accepted)) {
            checks.check(false, "the example policy is accepted", "refused");
            return;
        }
        var tries = new Survey(lab).ask(new Explainer(accepted.policy()), Someone.ALL);
        page.table(Someone.ALL, tries);
        var surprises = tries.stream().filter(t -> !t.agrees()).toList();
        checks.check(
                surprises.isEmpty(),
                "the packets got what the policy says",
                (tries.size() - surprises.size()) + " of " + tries.size());
        surprises.forEach(t -> checks.add(t.sentence()));
    }

    private void showEdits(Agent agent, String policy) throws IOException, InterruptedException {
        page.heading("Editing the policy during a call of the ITSP");
        var sip = converse(Place.ITSP, Protocol.UDP, SIP);
        var rtp = converse(Place.ITSP, Protocol.UDP, RTP);
        var editing = new Editing(page, checks, agent, policy);
        editing.takesTheCarrierOut(sip, rtp, new Attempt(lab, Place.ITSP, "203.0.113.11", Protocol.UDP, RTP));
        editing.deniesAndAdmits(sip, rtp);
        editing.mistypes(sip);
        sip.stop().join();
        rtp.stop().join();
    }

    private void showRepairs(boolean sealed) throws InterruptedException {
        page.heading("Changing Portero's table by hand");
        var tampering = new Tampering(page, checks, lab, PATIENCE);
        if (sealed) {
            tampering.ofSealedTable();
            return;
        }
        var sip = converse(Place.ITSP, Protocol.UDP, SIP);
        tampering.ofPlainTable(sip, POSTGRES);
        sip.stop().join();
    }

    private void showMetrics(Agent agent, boolean sealed) throws InterruptedException {
        page.heading("What the monitoring center sees");
        boolean settled = agent.awaitMetric("portero_in_sync", 1);
        var scraped = agent.get("/metrics");
        for (var metric : List.of(
                "portero_in_sync",
                "portero_applies_total",
                "portero_drift_total",
                "portero_reconciles_total",
                "portero_service_packets_total{service=\"sip\"",
                "portero_dropped_packets_total")) {
            scraped.lines()
                    .filter(l -> l.startsWith(metric) && !l.endsWith(" 0.0"))
                    .limit(4)
                    .forEach(l -> page.code(l.length() <= 72 ? l : l.substring(0, 69) + "..."));
        }
        checks.check(settled, "the kernel holds what the policy says", settled ? "in sync" : "not in sync");
        var drift = Agent.metric(scraped, "portero_drift_total").orElse(0);
        checks.check(
                drift >= (sealed ? 1 : 2),
                sealed
                        ? "what the flush took from the bans is counted as drift"
                        : "both changes by hand are counted as drift",
                String.format("%.0f", drift));
        var refused = lab.from(Place.STRANGER)
                .get(Outpost.ANY_SOURCE, HOST, Door.METRICS, "/metrics", A_MOMENT)
                .join();
        checks.check(
                refused.equals(Reach.SILENT.name()),
                "to the stranger, port 9090 is",
                refused.toLowerCase(java.util.Locale.ROOT));
    }
}
