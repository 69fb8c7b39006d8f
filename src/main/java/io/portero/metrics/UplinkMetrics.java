package io.portero.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import io.portero.events.Event;
import io.portero.events.ReconcileListener;
import io.portero.events.Status;

/** The metrics of uplinks: whether they are filtered; series appear and disappear with default routes. */
public final class UplinkMetrics implements ReconcileListener {
    private final MultiGauge trusted;

    public UplinkMetrics(MeterRegistry registry) {
        this.trusted = MultiGauge.builder("portero.trusted.uplink")
                .description("1 when an interface with a default route is trusted and so not filtered: correct"
                        + " trusted-interfaces.")
                .register(registry);
    }

    @Override
    public void on(Event event, Status now) {
        if (event instanceof Event.UplinksSeen(var uplinks)) {
            trusted.register(
                    uplinks.stream()
                            .map(u -> Row.of(Tags.of("interface", u.name()), u.isTrusted() ? 1 : 0))
                            .toList(),
                    true);
        }
    }
}
