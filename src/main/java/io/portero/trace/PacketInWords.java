package io.portero.trace;

import io.portero.trace.Judgement.Ruling;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Describes in words what happened to a packet. */
public final class PacketInWords {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss.SSS");

    private final ZoneId zone;

    public PacketInWords(ZoneId zone) {
        this.zone = zone;
    }

    /** The packet, followed by one line for each thing that happened to it. */
    public List<String> lines(TracedPacket packet) {
        var lines = new ArrayList<String>();
        lines.add(head(packet));
        lines.add(
                "  Portero: " + packet.judgement().map(PacketInWords::judgement).orElseGet(() -> unseen(packet)));
        var others = packet.others();
        others.stream()
                .filter(step -> !passesByPolicy(step))
                .forEach(step -> lines.add("  " + step.where() + ": " + step.verdict() + ", " + step.reason()));
        var passed = others.stream()
                .filter(PacketInWords::passesByPolicy)
                .map(Step::where)
                .collect(Collectors.joining("; "));
        if (!passed.isEmpty()) {
            lines.add("  also passed: " + passed);
        }
        end(packet).ifPresent(end -> lines.add("  end: " + end));
        return List.copyOf(lines);
    }

    private String head(TracedPacket packet) {
        var first = packet.first();
        var what = first.protocol() + (first.icmpType().isEmpty() ? "" : " " + first.icmpType());
        return TIME.format(packet.at().atZone(zone)) + " " + first.in() + ": " + what + " " + first.from() + " -> "
                + first.to();
    }

    private static String judgement(Judgement judgement) {
        var verdict = switch (judgement.ruling()) {
            case ACCEPT -> "accept";
            case DROP -> "DROP";
            case WOULD_DROP -> "would DROP, but mode is observe";
        };
        var why = judgement.why().isEmpty() ? "" : ": " + judgement.why();
        return verdict + why + "; key " + judgement.key() + ", chain " + judgement.chain();
    }

    private static String unseen(TracedPacket packet) {
        return packet.fate() == TracedPacket.Fate.DROPPED
                ? "did not see it; it was dropped earlier"
                : "did not filter it; check whether its table is in the kernel (portero status)";
    }

    private static boolean passesByPolicy(Step step) {
        return step.isAccept() && step.by() instanceof Step.By.Policy;
    }

    private static Optional<String> end(TracedPacket packet) {
        return switch (packet.fate()) {
            case DROPPED ->
                packet.drop()
                        .filter(step -> !step.isOurs())
                        .map(step -> "DROPPED by table " + step.table() + ", chain " + step.chain() + ", "
                                + (packet.judgement().isPresent()
                                        ? "after Portero accepted it"
                                        : "before Portero saw it"));
            case FORWARDED ->
                Optional.of("forwarded to " + packet.last().to() + " by "
                        + packet.last().out());
            case DELIVERED ->
                Optional.of("delivered to this host"
                        + (packet.isTranslated() ? " as " + packet.last().to() : ""));
            case PASSED ->
                Optional.of(
                        packet.judgement()
                                        .map(Judgement::ruling)
                                        .filter(Ruling.DROP::equals)
                                        .isPresent()
                                ? "dropped"
                                : "no table dropped it");
        };
    }
}
