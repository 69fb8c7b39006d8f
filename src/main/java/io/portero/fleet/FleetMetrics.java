package io.portero.fleet;

import io.portero.fleet.Refusal.Kind;
import java.time.Duration;
import java.util.Map;

/** The metrics of a host in a fleet, in the text format of Prometheus. */
final class FleetMetrics {
    private FleetMetrics() {}

    /** @param age the time since the last message of the store */
    static String text(long version, Duration age, Map<Kind, Long> refusals) {
        var text = new StringBuilder();
        head(text, "portero_fleet_version", "gauge", "Version of the fleet's policy that is in place on this host.");
        text.append("portero_fleet_version ").append(version).append('\n');
        head(text, "portero_fleet_age_seconds", "gauge", "Time since the last answer of the store.");
        text.append("portero_fleet_age_seconds ")
                .append(Math.max(0, age.toSeconds()))
                .append('\n');
        head(text, "portero_fleet_refusals_total", "counter", "Bundles that this host refused, by reason.");
        for (var kind : Kind.values()) {
            text.append("portero_fleet_refusals_total{reason=\"")
                    .append(kind.word())
                    .append("\"} ")
                    .append(refusals.getOrDefault(kind, 0L))
                    .append('\n');
        }
        return text.toString();
    }

    private static void head(StringBuilder text, String name, String type, String help) {
        text.append("# HELP ").append(name).append(' ').append(help).append('\n');
        text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    }
}
