package io.portero.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

/** The metrics of nft: its crashes, and whether the table is sealed. */
public final class NftMetrics {
    private NftMetrics() {}

    /** @param health must be kept reachable by others: a registry holds only a weak reference */
    public static <T> void register(MeterRegistry registry, T health, ToDoubleFunction<T> crashes) {
        FunctionCounter.builder("portero.nft.crashes", health, crashes)
                .description("How often a signal killed nft; portero status and the log say why and what to do.")
                .register(registry);
    }

    /** @param sealing must be kept reachable by others: a registry holds only a weak reference */
    public static <T> void registerSealed(MeterRegistry registry, T sealing, Predicate<T> isSealed) {
        Gauge.builder("portero.sealed", sealing, s -> isSealed.test(s) ? 1 : 0)
                .description("1 when only the agent can change its table; when 0, portero status says why.")
                .register(registry);
    }
}
