package io.portero.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.portero.exec.CommandResult;
import io.portero.lab.Conversation;
import io.portero.lab.Lab;
import io.portero.lab.Outpost;
import io.portero.lab.Place;
import io.portero.policy.Protocol;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;

/** Changes of the table by hand: the kernel refuses them if the table is sealed; otherwise the agent undoes them. */
final class Tampering {
    private static final List<String> INSERT =
            List.of("nft", "insert", "rule", "inet", "portero", "prerouting", "accept");

    private final Page page;
    private final Checks checks;
    private final Lab lab;
    private final Duration patience;

    Tampering(Page page, Checks checks, Lab lab, Duration patience) {
        this.page = page;
        this.checks = checks;
        this.lab = lab;
        this.patience = patience;
    }

    /** @param sip a conversation that the first rule of service sip admits */
    void ofPlainTable(Conversation sip, int closed) throws InterruptedException {
        var delete = deleteFirstRuleOf("service_sip");
        run(delete);
        long deleted = System.nanoTime();
        var up = sip.awaitDown(patience).isPresent() ? sip.awaitUp(patience) : OptionalLong.of(deleted);
        checks.happened(up, deleted, "the rule is back, and signalling is answered, after");

        var attempt = new Attempt(lab, Place.STRANGER, Outpost.ANY_SOURCE, Protocol.TCP, closed);
        long opened = System.nanoTime();
        run(INSERT);
        checks.happened(
                attempt.awaitShut(patience), opened, "the hole is closed, and PostgreSQL does not answer, after");
    }

    void ofSealedTable() throws InterruptedException {
        for (var words : List.of(deleteFirstRuleOf("service_sip"), INSERT)) {
            var result = run(words);
            boolean refused = result instanceof CommandResult.Completed done && !done.succeeded();
            checks.check(refused, "the table is sealed: the kernel", refused ? "refuses it" : "does it");
        }
        run(List.of("nft", "flush", "ruleset"));
        boolean stands = lab.run(Place.HOST, "nft", "list", "chain", "inet", "portero", "service_sip")
                        instanceof CommandResult.Completed done
                && done.succeeded();
        checks.check(stands, "the sealed table", stands ? "stands" : "is gone");
        boolean back = isBack("portero_bans");
        checks.check(back, "the table of bans, open to fail2ban,", back ? "is put back" : "is gone");
    }

    private boolean isBack(String table) throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        while (System.nanoTime() < end) {
            if (lab.run(Place.HOST, "nft", "-t", "list", "table", "inet", table) instanceof CommandResult.Completed done
                    && done.succeeded()) {
                return true;
            }
            Thread.sleep(20);
        }
        return false;
    }

    private CommandResult run(List<String> words) {
        page.code(String.join(" ", words));
        return lab.run(Place.HOST, words.toArray(String[]::new));
    }

    private List<String> deleteFirstRuleOf(String chain) {
        return List.of("nft", "delete", "rule", "inet", "portero", chain, "handle", firstRule(chain));
    }

    private String firstRule(String chain) {
        var listed = lab.run(Place.HOST, "nft", "-j", "-a", "list", "chain", "inet", "portero", chain);
        if (listed instanceof CommandResult.Completed done && done.succeeded()) {
            try {
                for (var object : new ObjectMapper().readTree(done.output()).path("nftables")) {
                    if (object.has("rule")) {
                        return object.path("rule").path("handle").asText();
                    }
                }
            } catch (JsonProcessingException e) {
                throw new IllegalStateException("nft listed what it never should", e);
            }
        }
        return "0";
    }
}
