package io.portero.demo;

import io.portero.lab.Conversation;
import io.portero.lab.Patience;
import java.io.IOException;
import java.time.Duration;

/** Edits of the policy while the carrier has a running call. */
final class Editing {
    private static final Duration PATIENCE = Patience.of(Duration.ofSeconds(10));
    private static final Duration A_MOMENT = Patience.of(Duration.ofMillis(600));
    private static final String ITSP_NETWORK = "    - 203.0.113.0/24\n";

    private final Page page;
    private final Checks checks;
    private final Agent agent;
    private final String policy;

    Editing(Page page, Checks checks, Agent agent, String policy) {
        this.page = page;
        this.checks = checks;
        this.agent = agent;
        this.policy = policy;
    }

    /** @param late a client of the carrier that starts a call only now */
    void takesTheCarrierOut(Conversation sip, Conversation rtp, Attempt late) throws IOException, InterruptedException {
        page.code("itsp: 203.0.113.0/24 removed");
        long removed =
                agent.edit(policy.replace(ITSP_NETWORK, "").replace("from: 203.0.113.9,  ", "from: 198.51.100.64,"));
        var shut = late.awaitShut(PATIENCE);
        checks.happened(shut, removed, "a new call from there gets no answer after");
        boolean drains =
                sip.awaitDown(A_MOMENT).isEmpty() && rtp.awaitDown(A_MOMENT).isEmpty();
        checks.check(drains, "the running call drains (on-revoke: drain)", drains ? "goes on" : "silent");
    }

    void deniesAndAdmits(Conversation sip, Conversation rtp) throws IOException, InterruptedException {
        page.code("itsp: 203.0.113.0/24 added again, deny: 203.0.113.10 added");
        long denied = agent.edit(policy.replace("deny: [blocklist]", "deny: [blocklist, 203.0.113.10]"));
        var down = rtp.awaitDown(PATIENCE);
        sip.awaitDown(PATIENCE);
        checks.happened(down, denied, "the running call is cut after");
        page.code("deny: 203.0.113.10 removed");
        long added = agent.edit(policy);
        var up = sip.awaitUp(PATIENCE);
        checks.happened(up, added, "its signalling is answered again after");
    }

    void mistypes(Conversation sip) throws IOException, InterruptedException {
        page.code("ports: [5060/udp] mistyped, with the letter O: [5O60/udp]");
        agent.edit(policy.replace("[5060/udp]", "[5O60/udp]"));
        boolean told = agent.awaitMetric("portero_policy_last_reload_successful", 0);
        checks.check(told, "the file is refused, and the metrics say so", told ? "yes" : "no");
        boolean lasting = sip.awaitDown(A_MOMENT).isEmpty();
        checks.check(lasting, "the last good policy stays in force", lasting ? "yes" : "no");
        agent.edit(policy);
        boolean mended = agent.awaitMetric("portero_policy_last_reload_successful", 1);
        checks.check(mended, "the mistake is corrected, and the metrics say so", mended ? "yes" : "no");
    }
}
