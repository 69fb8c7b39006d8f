package io.portero.http;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A sparkline: a rate over time as an SVG path, {@value #WIDTH} wide and {@value #HEIGHT} high. The right edge is now,
 * the top is the highest rate.
 *
 * <p>It is drawn in steps, since each rate is an average over some time. An empty path means that no packets came.
 *
 * @param words the same as text, for screen readers
 */
public record Curve(String path, String words) {
    static final int WIDTH = 120;
    static final int HEIGHT = 24;
    static final Curve NONE = new Curve("", "");

    public boolean drawn() {
        return !path.isEmpty();
    }

    /** Takes the steps in the order of time. */
    static final class Drawing {
        private final Duration span;
        private final long now;
        private final List<Step> steps = new ArrayList<>();

        Drawing(Duration span, long now) {
            this.span = span;
            this.now = now;
        }

        private record Step(long from, long to, double rate) {}

        void add(long from, long to, double rate) {
            if (now - to < span.toNanos()) {
                steps.add(new Step(from, to, rate));
            }
        }

        Curve done() {
            double highest = steps.stream().mapToDouble(Step::rate).max().orElse(0);
            if (highest <= 0) {
                return NONE;
            }
            var path = new StringBuilder();
            long end = Long.MIN_VALUE;
            int height = -1;
            for (var step : steps) {
                int y = y(step.rate() / highest);
                if (step.from() != end) {
                    if (!path.isEmpty()) {
                        path.append('H').append(x(end)).append('V').append(HEIGHT);
                    }
                    path.append('M')
                            .append(x(step.from()))
                            .append(' ')
                            .append(HEIGHT)
                            .append('V')
                            .append(y);
                } else if (y != height) {
                    path.append('H').append(x(step.from())).append('V').append(y);
                }
                end = step.to();
                height = y;
            }
            path.append('H').append(x(end)).append('V').append(HEIGHT);
            return new Curve(path.toString(), words(highest));
        }

        private int x(long at) {
            return (int) Math.max(0, Math.round(WIDTH * (1 - (double) (now - at) / span.toNanos())));
        }

        private static int y(double part) {
            return (int) Math.round((HEIGHT - 2) * (1 - part)) + 1;
        }

        private String words(double highest) {
            return "At most " + Words.rate(highest) + " packets a second in the last " + span.toMinutes() + " minutes";
        }
    }
}
