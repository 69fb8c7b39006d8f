package io.portero.http;

import io.portero.http.StatusView.Event;
import io.portero.status.DriftRow;
import io.portero.status.History;
import java.time.Duration;
import java.time.Instant;

/** Formats events with their time and age. */
record Moments(Instant now) {
    static String time(Instant instant) {
        return instant.toString().replaceFirst("T(\\d\\d:\\d\\d:\\d\\d).*", " $1 UTC");
    }

    private String ago(Instant instant) {
        var passed = Duration.between(instant, now);
        return passed.toSeconds() < 1 ? "just now" : Words.duration(passed) + " ago";
    }

    String timeAndAgo(Instant instant) {
        return time(instant) + " (" + ago(instant) + ")";
    }

    Event event(History.Entry entry) {
        var tone = switch (entry.kind()) {
            case "applied", "adopted", "confirmed" -> "good";
            case "failed", "refused", "contention" -> "bad";
            default -> "warn";
        };
        return new Event(time(entry.at()), ago(entry.at()), entry.kind(), tone, entry.what());
    }

    Event drift(DriftRow drift) {
        var pid = drift.pid().map(p -> ", pid " + p).orElse("");
        var stood = drift.stoodMillis()
                .map(millis -> "; it stood for " + millis + " ms")
                .orElse("");
        return new Event(
                time(drift.at()),
                ago(drift.at()),
                "drift",
                "warn",
                drift.what() + " by " + drift.program() + pid + stood);
    }
}
