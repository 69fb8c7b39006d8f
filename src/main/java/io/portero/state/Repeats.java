package io.portero.state;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Recognises repeated failures.
 *
 * <p>A failed action is retried every 30 seconds, and the failure is written once an hour. A success in between makes
 * the next failure new again. A success is never a repetition. Belongs to one thread at a time.
 */
final class Repeats {
    private static final Duration ONCE_IN = Duration.ofHours(1);
    private static final int MOST = 64;
    private static final Set<String> FAILURES = Set.of("policy_refused", "not_kept");
    private static final String FAILED = "failed";
    /** Fields that differ between repetitions. */
    private static final Set<String> TIMES = Set.of("stood", "why");

    private final Map<Map<String, String>, Instant> written = new LinkedHashMap<>();
    private Map<String, String> latest = Map.of();
    private long untold;

    boolean isRepeated(Instant at, Map<String, String> what) {
        if (!isFailure(what)) {
            written.clear();
            return false;
        }
        var key = new LinkedHashMap<>(what);
        key.keySet().removeAll(TIMES);
        var last = written.get(key);
        if (last != null && Duration.between(last, at).abs().compareTo(ONCE_IN) < 0) {
            untold++;
            return true;
        }
        if (written.size() >= MOST) {
            written.remove(written.keySet().iterator().next());
        }
        written.put(key, at);
        latest = key;
        return false;
    }

    private static boolean isFailure(Map<String, String> what) {
        return FAILURES.contains(Objects.requireNonNullElse(what.get("event"), ""))
                || Objects.requireNonNullElse(what.get("outcome"), "").startsWith(FAILED);
    }

    /** The number of repetitions since the last written line. */
    long untold() {
        return untold;
    }

    /** The last line was written, with the number of repetitions before it. */
    void written() {
        untold = 0;
    }

    /** The last line could not be written, and stays new until it is. */
    void notWritten() {
        written.remove(latest);
    }
}
