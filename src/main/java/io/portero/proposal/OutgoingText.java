package io.portero.proposal;

import io.portero.policy.PortRange;
import io.portero.proposal.OutgoingSuggestion.Admission;
import java.util.List;

/** The part of a suggestion below {@code outgoing}, as YAML; its groups are with the others. */
final class OutgoingText {
    private static final int SHOWN = 20;

    private final OutgoingSuggestion suggestion;
    private final PolicyText text;

    OutgoingText(OutgoingSuggestion suggestion, PolicyText text) {
        this.suggestion = suggestion;
        this.text = text;
    }

    void write() {
        services();
        forMany();
        onPurpose();
    }

    private void services() {
        if (suggestion.active().isEmpty()) {
            return;
        }
        text.blank();
        text.line("outgoing:");
        text.line("  services:");
        for (var addition : suggestion.active()) {
            text.comment("    ", why(addition) + (addition.members().isEmpty() ? ", all of them known." : "."));
            text.line("    " + line(addition, addition.group()));
        }
    }

    private void forMany() {
        for (var addition : suggestion.forMany()) {
            text.blank();
            text.comment(
                    "",
                    "Too many destinations for a group: " + why(addition)
                            + ". If this host may reach all of them, remove the #. If not, find out which"
                            + " program sends this: portero status --would-drop shows its user.");
            text.line("#    " + line(addition, "any"));
        }
    }

    private void onPurpose() {
        var refused = suggestion.onPurpose();
        if (refused.isEmpty()) {
            return;
        }
        text.blank();
        text.comment("", "Left out: destinations in outgoing.refuse (refused on purpose).");
        refused.stream()
                .limit(SHOWN)
                .forEach(r -> text.line(String.format("#   %-24s ", r.source()) + r.port() + ": "
                        + SuggestionText.packets(r.packets()) + ", last " + SuggestionText.ago(r.ago())));
        if (refused.size() > SHOWN) {
            text.line("#   and " + (refused.size() - SHOWN) + " more");
        }
    }

    private static String why(Admission addition) {
        return SuggestionText.count(addition.destinations(), "destination") + ", "
                + SuggestionText.packets(addition.packets());
    }

    private static String line(Admission addition, String to) {
        var ports = addition.ports().stream().map(PortRange::toString).toList();
        return addition.service() + ": { ports: " + String.join(", ", ports).transform(p -> "[" + p + "]") + ", to: "
                + PolicyText.list(List.of(to)) + " }";
    }
}
