package io.portero.host;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.portero.exec.Command;
import io.portero.exec.CommandResult;
import io.portero.exec.CommandRunner;
import io.portero.exec.Signal;
import io.portero.exposure.Listener.Published;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Finds the destination NAT of other programs by reading all tables, including legacy ones of iptables.
 *
 * <p>It only reads. nft does not show the NAT target of a rule made by iptables, so {@code iptables-save} lists those.
 * Without a table name, {@code iptables-save} shows the existing tables and loads no module.
 */
final class PublishedPorts {
    private static final System.Logger LOG = System.getLogger("portero");
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final CommandRunner runner;
    private final Supplier<String> nft;
    /** Whether the crash of nft was logged already; the question is repeated often. */
    private final AtomicBoolean told = new AtomicBoolean();

    PublishedPorts(CommandRunner runner, Supplier<String> nft) {
        this.runner = runner;
        this.nft = nft;
    }

    List<Published> all() {
        return Stream.of(nft(), iptables("iptables-save", "0.0.0.0/0"), iptables("ip6tables-save", "::/0"))
                .flatMap(List::stream)
                .distinct()
                .toList();
    }

    /** Terse leaves out the members of sets: a blocklist may have 100,000. */
    private List<Published> nft() {
        return output(nft.get(), "-j", "-t", "list", "ruleset")
                .flatMap(PublishedPorts::json)
                .map(listing -> new NftNat(this::mapKeys).parse(listing))
                .orElse(List.of());
    }

    private JsonNode mapKeys(NftNat.MapName map) {
        return output(nft.get(), "-j", "list", "map", map.family(), map.table(), map.name())
                .flatMap(PublishedPorts::json)
                .map(listing -> listing.path("nftables").findPath("elem"))
                .orElse(JSON.createArrayNode());
    }

    private List<Published> iptables(String program, String everywhere) {
        return output(program)
                .map(text -> new IptablesNat(everywhere).parse(text.lines()))
                .orElse(List.of());
    }

    private Optional<String> output(String... words) {
        if (runner.run(Command.of(TIMEOUT, words)) instanceof CommandResult.Completed done) {
            done.signal().filter(s -> words[0].equals(nft.get())).ifPresent(this::warn);
            return done.succeeded() ? Optional.of(done.output()) : Optional.empty();
        }
        return Optional.empty();
    }

    /** Otherwise the host would look less exposed than it is. */
    private void warn(Signal signal) {
        if (told.compareAndSet(false, true)) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    nft.get() + " died of a " + signal
                            + " when it listed the ports that other programs publish, so ports published by"
                            + " nftables are not shown; install the package portero-nft, or set a newer nft"
                            + " with agent.nft");
        }
    }

    private static Optional<JsonNode> json(String text) {
        try {
            return Optional.of(JSON.readTree(text));
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }
}
