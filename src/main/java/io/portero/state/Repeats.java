package io.portero.state;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Tells failures that say again what was said.
 *
 * <p>What fails is tried again every 30 seconds: it is written once an hour, and anything that went well in between makes
 * the next failure news again. What went well is never a repetition. Belongs to one thread at a time.
 */
final class Repeats {
    private static final Duration ONCE_IN = Duration.ofHours(1);
    private static final int MOST = 64;
    private static final Set<String> FAILURES = Set.of("policy_refused", "not_kept");
    private static final String FAILED = "failed";
    /** Fields that differ though nothing is new. */
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

    /** How many were repeated since a line was written. */
    long untold() {
        return untold;
    }

    /** The line that was asked about last was written, with how many were repeated before. */
    void written() {
        untold = 0;
    }

    /** It was not, and is news as long as it is not. */
    void notWritten() {
        written.remove(latest);
    }
}
