package io.portero.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.portero.doctor.Diagnosis;
import io.portero.doctor.Finding;
import io.portero.doctor.Severity;
import io.portero.doctor.Topic;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import picocli.CommandLine.Help.Ansi;

/** A diagnosis as JSON, and as text for a terminal of 80 columns; only lines to copy are longer. */
final class DoctorReport {
    private final Diagnosis diagnosis;

    DoctorReport(Diagnosis diagnosis) {
        this.diagnosis = diagnosis;
    }

    String text(Ansi ansi) {
        var text = new TerminalText(ansi);
        for (var topic : Topic.values()) {
            var findings = diagnosis.findings().stream()
                    .filter(f -> f.topic() == topic)
                    .toList();
            if (!findings.isEmpty()) {
                text.line(topic.title() + ":");
                findings.forEach(f -> finding(text, f));
                text.blank();
            }
        }
        diagnosis.unseen().forEach(clause -> text.labelled("not seen", clause + "."));
        text.line(tone(), summary());
        return text.toString();
    }

    private static void finding(TerminalText text, Finding finding) {
        text.labelled(tone(finding.severity()), label(finding.severity()), finding.what());
        text.labelled("    why", finding.why());
        text.copied("    fix", finding.mend());
    }

    private static String label(Severity severity) {
        return "  " + severity.word().toUpperCase(Locale.ROOT);
    }

    private static Tone tone(Severity severity) {
        return switch (severity) {
            case ERROR -> Tone.BAD;
            case WARNING -> Tone.WARN;
            case HINT -> Tone.PLAIN;
        };
    }

    private Tone tone() {
        return diagnosis.isWrong() ? Tone.WARN : diagnosis.unseen().isEmpty() ? Tone.GOOD : Tone.PLAIN;
    }

    private String summary() {
        var lookedAt = "looked at: " + String.join("; ", diagnosis.lookedAt()) + ".";
        var count = diagnosis.count();
        if (diagnosis.findings().isEmpty()) {
            return (diagnosis.unseen().isEmpty() ? "all well; " : "nothing found; ") + lookedAt;
        }
        var parts = new ArrayList<String>();
        Stream.of(Severity.values())
                .filter(s -> count.getOrDefault(s, 0L) > 0)
                .forEach(s -> parts.add(Plural.of(count.getOrDefault(s, 0L), s.word())));
        return String.join(", ", parts) + "; " + lookedAt;
    }

    ObjectNode json(String file) {
        var root = Json.object().put("file", file).put("wrong", diagnosis.isWrong());
        var findings = root.putArray("findings");
        diagnosis
                .findings()
                .forEach(f -> findings.addObject()
                        .put("id", f.id())
                        .put("severity", f.severity().word())
                        .put("topic", f.topic().name().toLowerCase(Locale.ROOT))
                        .put("what", f.what())
                        .put("why", f.why())
                        .put("mend", f.mend()));
        var count = root.putObject("count");
        diagnosis.count().forEach((severity, number) -> count.put(severity.word(), number));
        words(root, "looked_at", diagnosis.lookedAt());
        words(root, "unseen", diagnosis.unseen());
        return root;
    }

    private static void words(ObjectNode node, String name, List<String> words) {
        words.forEach(node.putArray(name)::add);
    }
}
