package io.portero.http;

import io.portero.http.StatusView.Fact;
import io.portero.policy.Problem;
import io.portero.status.StatusDocument;
import java.util.ArrayList;
import java.util.List;

/** The banner: whether all is well, in a few words, and which policy is in force. */
record Headline(StatusDocument status) {

    private String origin() {
        return status.policy().origin().orElse("");
    }

    private boolean isRefused() {
        return status.policy().problems().stream().anyMatch(p -> p.severity() == Problem.Severity.ERROR);
    }

    String tone() {
        if (!status.inSync()
                || status.contention().isPresent()
                || origin().equals("fallback")
                || !status.trustedUplinks().isEmpty()) {
            return "bad";
        }
        boolean warn = isRefused() || status.isObserving() || status.probation().isPresent();
        return warn || !origin().equals("file") ? "warn" : "good";
    }

    String text() {
        if (origin().isEmpty()) {
            return "No policy is in force yet";
        }
        if (!status.inSync()) {
            return "Not in sync";
        }
        if (!status.trustedUplinks().isEmpty()) {
            return "In sync, but an interface is not filtered";
        }
        if (status.contention().isPresent()) {
            return "In sync, but another program keeps changing the table";
        }
        if (status.probation().isPresent()) {
            return "In sync, policy on probation";
        }
        if (origin().equals("fallback")) {
            return "In sync, closed except for SSH";
        }
        if (isRefused()) {
            return "In sync, but not with the file on disk";
        }
        if (origin().equals("last_good")) {
            return "In sync with the last confirmed policy";
        }
        return status.isObserving() ? "In sync, observing only" : "In sync";
    }

    /** What the headline means, for a reader who sees it for the first time. */
    String meaning(Moments moments) {
        var since = " since " + moments.timeAndAgo(status.since()) + ".";
        if (origin().isEmpty()) {
            return "The agent has not put a policy in force" + since;
        }
        return (status.inSync()
                        ? "The kernel has held what the policy says"
                        : "The kernel has not held what the policy says")
                + since;
    }

    List<Fact> facts(Moments moments) {
        var policy = status.policy();
        var facts = new ArrayList<Fact>();
        facts.add(new Fact(
                "Policy",
                switch (origin()) {
                    case "file" -> policy.file();
                    case "last_good" -> "the last confirmed one; " + policy.file() + " is not in force";
                    case "fallback" -> "the fallback, closed except for SSH; " + policy.file() + " is not in force";
                    default -> policy.file() + " is not in force yet";
                }));
        policy.lastReloadSuccess().ifPresent(at -> facts.add(new Fact("Last put in force", moments.timeAndAgo(at))));
        policy.digest().ifPresent(digest -> facts.add(new Fact("Digest", digest)));
        if (status.bans().count() > 0) {
            facts.add(new Fact("Banned", Words.count(status.bans().count())));
        }
        var agent = status.agent();
        facts.add(new Fact("Agent", agent.version() + ", " + agent.runtime() + ", pid " + agent.pid()));
        facts.add(new Fact(
                "Table",
                status.nft().sealed()
                        ? "sealed: only the agent can change it"
                        : "not sealed"
                                + status.nft().unsealed().map(why -> ": " + why).orElse("")));
        return facts;
    }
}
