package io.portero.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.portero.state.AuditTrail;
import io.portero.state.AuditVerdict;
import io.portero.state.StateDirectory;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code portero audit}, which shows the audit trail. */
@Command(
        name = "audit",
        mixinStandardHelpOptions = true,
        description = "Shows what was changed, when and why; --verify checks whether the trail is complete.")
final class AuditCommand implements Callable<Integer> {
    private static final Set<String> SHOWN_APART = Set.of("at", "event", "line", "previous");

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private Locations locations = new Locations();

    @Option(names = "--verify", description = "Check the chain of hashes, and that no line is missing at the end.")
    private boolean verify;

    @Option(names = "--json", description = "Print the lines as they are stored.")
    private boolean json;

    @Override
    public Integer call() {
        var trail = new AuditTrail(locations.stateDir());
        try {
            return verify ? verify(trail.verify()) : show(trail.lines());
        } catch (IOException e) {
            return fail("the trail in " + locations.stateDir() + " cannot be read (" + StateDirectory.reason(e)
                    + "); run as root");
        }
    }

    private int verify(AuditVerdict verdict) {
        return switch (verdict) {
            case AuditVerdict.Whole whole -> {
                spec.commandLine().getOut().println(text(whole));
                yield ExitCode.DONE;
            }
            case AuditVerdict.Forged(int at, int lines) ->
                fail("the trail is broken at line " + at + " of " + lines
                        + ": that line or the line before was changed, cut or removed");
            case AuditVerdict.Cut(int after, String head) ->
                fail("the trail is cut after line " + after + ": later lines are gone; the head of the trail says "
                        + head);
            case AuditVerdict.Headless(int lines) ->
                fail("the trail has " + lines + " lines and no head (audit.head is gone), so it is unknown"
                        + " whether its last lines were cut off");
        };
    }

    private static String text(AuditVerdict.Whole whole) {
        var torn = whole.torn() == 0
                ? ""
                : "; " + Plural.of(whole.torn(), "line") + " torn by a crash, as the next line says";
        var head = whole.head()
                .map(h -> "; the head is " + h.number() + " " + h.hash())
                .orElse("");
        return "whole: " + Plural.of(whole.lines(), "line") + ", each with the hash of the line before" + torn + head;
    }

    private int fail(String sentence) {
        spec.commandLine().getErr().println("portero: " + sentence);
        return ExitCode.FAILED;
    }

    private int show(List<String> lines) {
        var out = spec.commandLine().getOut();
        if (lines.isEmpty() && !json) {
            out.println("nothing has been written to the audit trail in " + locations.stateDir() + " yet");
        }
        lines.forEach(l -> out.println(json ? l : readable(l)));
        return ExitCode.DONE;
    }

    private static String readable(String line) {
        try {
            var entry = new LinkedHashMap<String, String>();
            new ObjectMapper()
                    .readTree(line)
                    .properties()
                    .forEach(field -> entry.put(field.getKey(), field.getValue().asText()));
            var rest = entry.entrySet().stream()
                    .filter(e -> !SHOWN_APART.contains(e.getKey()))
                    .filter(e -> !e.getValue().isEmpty())
                    .map(e -> e.getKey() + "=" + text(e.getValue()))
                    .collect(Collectors.joining(" "));
            return entry.getOrDefault("at", "") + "  " + entry.getOrDefault("event", "") + "  " + rest;
        } catch (JsonProcessingException e) {
            return "(illegible) " + line;
        }
    }

    private static String text(String value) {
        return value.contains(" ") ? "\"" + value + "\"" : value;
    }
}
