package io.portero.config;

import io.portero.policy.Ip;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Parses the settings of the agent in a policy file. */
final class SettingsParser {
    private final PolicyDocument document;
    private final Findings findings;
    private final Words words;

    SettingsParser(PolicyDocument document, Findings findings) {
        this.document = document;
        this.findings = findings;
        this.words = new Words(document, findings);
    }

    AgentSettings settings(PolicyFile.AgentKeys keys) {
        var defaults = AgentSettings.DEFAULT;
        var interval = words.duration(
                "agent.reconcile-interval",
                keys.reconcileInterval(),
                Duration.ofMillis(500),
                defaults.reconcileInterval());
        var maxStale = words.duration("agent.max-stale", keys.maxStale(), Duration.ofMinutes(1), defaults.maxStale());
        var host = keys.metrics().host();
        try {
            Ip.parse(host);
        } catch (Ip.NotAnAddress e) {
            error(
                    "agent.metrics.host",
                    "\"" + PolicyDocument.printable(host)
                            + "\" is not an address of this host; for all of them, write 0.0.0.0");
        }
        int port = words.port(
                "agent.metrics.port", keys.metrics().port(), defaults.metrics().port());
        return new AgentSettings(interval, maxStale, nft(keys), sealed(keys), new AgentSettings.Metrics(host, port));
    }

    private boolean sealed(PolicyFile.AgentKeys keys) {
        return switch (keys.sealed()) {
            case "auto" -> true;
            case "never" -> false;
            default -> {
                error(
                        "agent.sealed",
                        "\"" + PolicyDocument.printable(keys.sealed())
                                + "\" is neither auto nor never; auto seals the table where nft and the kernel"
                                + " support it");
                yield true;
            }
        };
    }

    private Optional<Path> nft(PolicyFile.AgentKeys keys) {
        var key = "agent.nft";
        if (keys.nft().isEmpty() && document.has(key)) {
            error(key, "it is empty; write the full path of a program, or remove the key");
        }
        return keys.nft().flatMap(word -> {
            if (!word.startsWith("/")) {
                error(
                        key,
                        "\"" + PolicyDocument.printable(word) + "\" is not a full path; start it with /, such as"
                                + " /usr/local/sbin/nft");
                return Optional.empty();
            }
            return Optional.of(Path.of(word));
        });
    }

    private void error(String key, String sentence) {
        findings.error(document.line(key), key, sentence);
    }
}
