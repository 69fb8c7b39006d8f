package io.portero.http;

import io.portero.apply.Firewall.Count;
import io.portero.http.StatusView.Flow;
import java.util.Map;
import java.util.function.Function;

/**
 * The rates of counters, now and over the last minutes.
 *
 * @param rates packets a second by counter, as far as they are known
 * @param curves by counter
 */
record Traffic(Map<String, Double> rates, Function<String, Curve> curves) {
    Flow flow(String counter, Count total) {
        return new Flow(Words.rate(rates, counter), Words.count(total.packets()), curves.apply(counter));
    }

    boolean runs(String counter) {
        return rates.getOrDefault(counter, 0.0) > 0;
    }
}
