package io.portero.fleet;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Judges by the hosts' reports whether a roll may go on.
 *
 * <p>Hosts that were online when the roll reached them must take the version and be well. The roll does not wait for
 * offline hosts; they take the version when they come back.
 *
 * @param version the version of the roll
 * @param soak how long all must have been well
 * @param patience how long they may take to become well
 */
record RingJudge(long version, Duration soak, Duration patience) {

    /** The decision. */
    sealed interface Verdict {
        /** @param well how many hosts have it and are well */
        record Wait(int well, int all, String what) implements Verdict {}

        record Pass(int all, Set<String> asleep) implements Verdict {}

        record Halt(String sentence) implements Verdict {}
    }

    /**
     * @param admitted the hosts that may take it now
     * @param awake the hosts of them that were online when the ring began
     * @param reports the latest report of each host
     * @param began when the ring began
     * @param wellSince since when all online hosts have been well; never, if they are not
     */
    Verdict judge(
            Set<String> admitted,
            Set<String> awake,
            Map<String, Report> reports,
            Instant began,
            Instant wellSince,
            Instant now) {
        var waiting = new TreeMap<String, String>();
        int well = 0;
        for (var host : new TreeSet<>(awake)) {
            var report = reports.get(host);
            if (report == null) {
                return new Verdict.Halt(host + " does not report any more");
            }
            if (report.refused() == version) {
                return new Verdict.Halt(host + " refuses it: " + report.why().orElse("no reason given"));
            }
            if (report.version() < version) {
                waiting.put(host, "has not received it yet");
            } else if (report.isBad()) {
                return new Verdict.Halt(host + " " + inWords(report));
            } else if (report.isGood()) {
                well++;
            } else {
                waiting.put(host, report.probation() ? "is on probation" : "has not applied it yet");
            }
        }
        if (waiting.isEmpty()) {
            var asleep = new TreeSet<>(admitted);
            asleep.removeAll(awake);
            return Duration.between(wellSince, now).compareTo(soak) >= 0
                    ? new Verdict.Pass(well, asleep)
                    : new Verdict.Wait(well, awake.size(), "all are well; soaking");
        }
        var first = waiting.firstEntry().getKey() + " " + waiting.firstEntry().getValue();
        return Duration.between(began, now).compareTo(patience) > 0
                ? new Verdict.Halt(first + ", and the time is over (--patience)")
                : new Verdict.Wait(well, awake.size(), first);
    }

    private static String inWords(Report report) {
        var why = report.why().map(w -> ": " + w).orElse("");
        return switch (report.outcome()) {
            case "refused" -> "refuses it" + why;
            case "rolled_back" -> "rolled it back" + why;
            case "agent_away" -> "has no running agent" + why;
            default -> "is out of sync" + why;
        };
    }
}
