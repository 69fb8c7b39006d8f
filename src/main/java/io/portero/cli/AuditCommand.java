package io.portero.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.portero.state.AuditTrail;
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

/** {@code portero audit}. */
@Command(
        name = "audit",
        mixinStandardHelpOptions = true,
        description = "Shows what was changed, when and why; --verify tells whether the trail is whole.")
final class AuditCommand implements Callable<Integer> {
    private static final Set<String> SHOWN_APART = Set.of("at", "event", "previous");

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private Locations locations = new Locations();

    @Option(names = "--verify", description = "Check the chain of hashes.")
    private boolean verify;

    @Option(names = "--json", description = "Print the lines as they are kept.")
    private boolean json;

    @Override
    public Integer call() {
        var line = spec.commandLine();
        try {
            var lines = new AuditTrail(locations.stateDir()).lines();
            return verify ? verify(lines) : show(lines);
        } catch (IOException e) {
            line.getErr()
                    .println("portero: the trail in " + locations.stateDir() + " cannot be read (" + e.getMessage()
                            + "); run as root");
            return ExitCode.FAILED;
        }
    }

    private int verify(List<String> lines) {
        var broken = AuditTrail.firstBreak(lines);
        if (broken.isPresent()) {
            spec.commandLine()
                    .getErr()
                    .println("portero: the trail is broken at line " + broken.get() + " of " + lines.size()
                            + ": that line or the one before was changed, cut or taken out");
            return ExitCode.FAILED;
        }
        spec.commandLine()
                .getOut()
                .println("whole: " + Plural.of(lines.size(), "line") + ", each holds the hash of the one before");
        return ExitCode.DONE;
    }

    private int show(List<String> lines) {
        var out = spec.commandLine().getOut();
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
