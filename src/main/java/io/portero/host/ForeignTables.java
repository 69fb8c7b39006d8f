package io.portero.host;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.portero.doctor.ForeignBaseChain;
import io.portero.doctor.HostState.Death;
import io.portero.doctor.HostState.SipHelper;
import io.portero.doctor.HostState.Tables;
import io.portero.exec.Command;
import io.portero.exec.CommandResult;
import io.portero.exec.CommandRunner;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Reads the tables of other programs. For commands only, since it is slow where sets are large.
 *
 * <p>An nft that crashes on a set made by a newer nft can still list single tables: then the tables with the usual
 * names are listed.
 */
final class ForeignTables {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> OURS = List.of("portero", "portero_bans", "portero_bridge", "portero_staged");
    /** Exists only where our table is sealed. */
    private static final String SEALED = "portero_bans";

    private static final List<List<String>> USUAL = List.of(
            List.of("inet", "filter"),
            List.of("inet", "firewalld"),
            List.of("ip", "firewalld"),
            List.of("ip6", "firewalld"),
            List.of("inet", "fw4"),
            List.of("ip", "filter"),
            List.of("ip6", "filter"),
            List.of("ip", "raw"),
            List.of("ip", "mangle"));

    private final CommandRunner runner;
    private final Supplier<String> nft;
    private final List<String> unseen = new ArrayList<>();
    private Optional<Death> death = Optional.empty();
    private boolean sealed;

    ForeignTables(CommandRunner runner, Supplier<String> nft) {
        this.runner = runner;
        this.nft = nft;
    }

    Tables read() {
        var chains = new NftChains();
        for (var listing : listings()) {
            sealed |= isSealed(listing);
            chains.add(withoutOurs(listing));
        }
        var dropping = new ArrayList<ForeignBaseChain>();
        var helpers = new ArrayList<SipHelper>(chains.sipHelpers());
        for (var family : List.of("ip", "ip6")) {
            var saved = new IptablesChains(family);
            var tool = family.equals("ip") ? "iptables" : "ip6tables";
            var outputs = Stream.of(tool + "-save", tool + "-legacy-save")
                    .flatMap(program -> output(program).stream())
                    .toList();
            outputs.forEach(saved::read);
            if (outputs.isEmpty() && chains.hasIptables(family)) {
                unseen.add("what the tables of " + tool + " accept: " + tool + "-save cannot be run; install iptables");
            }
            dropping.addAll(saved.dropping());
            helpers.addAll(saved.sipHelpers());
        }
        chains.dropping().stream()
                .filter(c -> dropping.stream().noneMatch(d -> d.isSameChain(c)))
                .toList()
                .forEach(dropping::add);
        return new Tables(
                dropping.stream().distinct().toList(),
                helpers.stream().distinct().toList(),
                chains.flowtables(),
                death,
                sealed);
    }

    /** What could not be read, a clause for each. */
    List<String> unseen() {
        return List.copyOf(unseen);
    }

    private List<JsonNode> listings() {
        var program = nft.get();
        return switch (runner.run(Command.of(TIMEOUT, program, "-j", "-t", "list", "ruleset"))) {
            case CommandResult.Completed done
            when done.succeeded() -> json(done.output()).stream().toList();
            case CommandResult.Completed done
            when done.signal().isPresent() -> {
                death = done.signal().map(s -> new Death(program, version(program), s.toString()));
                unseen.add("tables of others with unusual names: nft crashes when it lists them");
                yield USUAL.stream()
                        .flatMap(t -> output(program, "-j", "list", "table", t.getFirst(), t.getLast()).stream())
                        .flatMap(text -> json(text).stream())
                        .toList();
            }
            case CommandResult.Completed done -> {
                unseen.add("the tables of the kernel: " + program + " says "
                        + done.errors().lines().findFirst().orElse("nothing") + "; run as root");
                yield List.of();
            }
            case CommandResult.NotStarted(var name, var why) -> {
                unseen.add("the tables of the kernel: " + name + " could not be started (" + why
                        + "); install the package nftables");
                yield List.of();
            }
            case CommandResult.TimedOut(var name, var after) -> {
                unseen.add("the tables of the kernel: " + name + " took longer than " + after.toSeconds() + " seconds");
                yield List.of();
            }
        };
    }

    private String version(String program) {
        return output(program, "--version")
                .map(v -> v.replaceFirst("^nftables v(\\S+).*(?s:.*)", "$1"))
                .orElse("");
    }

    private static boolean isSealed(JsonNode listing) {
        return listing.path("nftables")
                .valueStream()
                .anyMatch(object -> object.path("table").path("name").asText().equals(SEALED));
    }

    private static JsonNode withoutOurs(JsonNode listing) {
        var left = JSON.createArrayNode();
        for (var object : listing.path("nftables")) {
            var inside = object.path("chain").isMissingNode()
                    ? object.has("rule") ? object.path("rule") : object.path("ct helper")
                    : object.path("chain");
            if (!OURS.contains(inside.path("table").asText())) {
                left.add(object);
            }
        }
        return JSON.createObjectNode().set("nftables", left);
    }

    private Optional<String> output(String... words) {
        return runner.run(Command.of(TIMEOUT, words)) instanceof CommandResult.Completed done && done.succeeded()
                ? Optional.of(done.output())
                : Optional.empty();
    }

    private static Optional<JsonNode> json(String text) {
        try {
            return Optional.of(JSON.readTree(text));
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }
}
