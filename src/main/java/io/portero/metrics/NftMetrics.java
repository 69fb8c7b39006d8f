package io.portero.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

/** Tells how often nft died, and whether the kernel keeps others away from the table. */
public final class NftMetrics {
    private NftMetrics() {}

    /** @param health is asked for as long as somebody else holds on to it; a registry does not */
    public static <T> void register(MeterRegistry registry, T health, ToDoubleFunction<T> crashes) {
        FunctionCounter.builder("portero.nft.crashes", health, crashes)
                .description("How often a signal killed nft; portero status and the log say why and what to do.")
                .register(registry);
    }

    /** @param sealing is asked for as long as somebody else holds on to it; a registry does not */
    public static <T> void registerSealed(MeterRegistry registry, T sealing, Predicate<T> isSealed) {
        Gauge.builder("portero.sealed", sealing, s -> isSealed.test(s) ? 1 : 0)
                .description("1 when only the agent can change its table; when 0, portero status says why.")
                .register(registry);
    }
}
