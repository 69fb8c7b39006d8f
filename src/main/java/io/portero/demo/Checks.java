package io.portero.demo;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** The checks of the demonstration and their outcomes; collects the failed ones. */
final class Checks {
    private final Page page;
    private final List<String> wrong = new ArrayList<>();

    Checks(Page page) {
        this.page = page;
    }

    void check(boolean good, String what, String result) {
        page.outcome(good, what, result);
        if (!good) {
            wrong.add(what + ": " + result);
        }
    }

    /** Checks that something happened, and shows how long it took. */
    void happened(OptionalLong moment, long since, String what) {
        check(
                moment.isPresent(),
                what,
                moment.isEmpty()
                        ? "never"
                        : Math.max(
                                        0,
                                        Duration.ofNanos(moment.getAsLong() - since)
                                                .toMillis()) + " ms");
    }

    void add(String sentence) {
        wrong.add(sentence);
    }

    /** Prints the result; returns 0 if all checks passed, otherwise 1. */
    int end() {
        if (wrong.isEmpty()) {
            page.verdict(true, "All checks passed. Everything that the demo created is removed.");
            return 0;
        }
        page.verdict(false, wrong.size() + " failed:");
        wrong.forEach(page::note);
        return 1;
    }
}
