package io.portero.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.portero.trace.Step;
import io.portero.trace.TracedPacket;

/** A traced packet as JSON on one line. */
final class TraceJson {
    private TraceJson() {}

    static String of(TracedPacket packet) {
        var first = packet.first();
        var root = Json.object()
                .put("at", packet.at().toString())
                .put("in", first.in())
                .put("source", first.source())
                .put("source_port", first.sourcePort().orElse(null))
                .put("destination", first.destination())
                .put("destination_port", first.destinationPort().orElse(null))
                .put("protocol", first.protocol());
        if (!first.icmpType().isEmpty()) {
            root.put("icmp_type", first.icmpType());
        }
        var portero = packet.judgement()
                .map(j -> Json.object()
                        .put("verdict", j.ruling().word())
                        .put("key", j.key())
                        .put("why", j.why())
                        .put("chain", j.chain()));
        root.set("portero", portero.orElse(null));
        root.put("end", packet.fate().word());
        packet.drop().ifPresent(drop -> root.set("dropped_by", step(drop)));
        if (packet.isTranslated()) {
            root.put("translated_to", packet.last().to());
        }
        if (!packet.last().out().isEmpty()) {
            root.put("out", packet.last().out());
        }
        var steps = root.putArray("steps");
        packet.steps().forEach(step -> steps.add(step(step)));
        return root.toString();
    }

    private static ObjectNode step(Step step) {
        var node = Json.object()
                .put("table", step.table())
                .put("chain", step.chain())
                .put("verdict", step.verdict());
        return switch (step.by()) {
            case Step.By.Rule(String text, var comment) -> {
                comment.ifPresent(c -> node.put("comment", c));
                yield node.put("rule", text);
            }
            case Step.By.Policy policy -> node.put("policy", true);
            case Step.By.Unknown(String handle) -> node.put("handle", handle);
        };
    }
}
