package io.portero;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheus.PrometheusMeterRegistry;
import io.portero.apply.Firewall;
import io.portero.cli.Version;
import io.portero.host.Examination;
import io.portero.http.MetricsText;
import io.portero.lists.UrlLists;
import io.portero.metrics.AgentMetrics;
import io.portero.metrics.AuditMetrics;
import io.portero.metrics.DoctorMetrics;
import io.portero.metrics.ExposureMetrics;
import io.portero.metrics.KernelCounters;
import io.portero.metrics.LastLook;
import io.portero.metrics.ListMetrics;
import io.portero.metrics.MonitorMetrics;
import io.portero.metrics.NameMetrics;
import io.portero.metrics.NftMetrics;
import io.portero.metrics.PlainText;
import io.portero.metrics.StageMetrics;
import io.portero.metrics.UplinkMetrics;
import io.portero.names.NameCache;
import io.portero.nft.NftHealth;
import io.portero.nft.NftMonitor;
import io.portero.nft.Sealing;
import io.portero.safety.HostView;
import io.portero.stage.StageTable;
import io.portero.state.AuditTrail;
import io.portero.state.CounterMemory;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** Creates the objects that provide metrics. */
final class MetricsWiring {
    private static final String OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    @Produces
    @Singleton
    KernelCounters counters(Firewall firewall, StageTable stage, AgentFiles files) {
        return new KernelCounters(
                firewall,
                stage::counters,
                CounterMemory.in(files.runDirectory()),
                Wiring.oneThread("counters"),
                System::nanoTime);
    }

    @Produces
    @Singleton
    AgentMetrics metrics(
            MeterRegistry registry,
            KernelCounters counters,
            NftMonitor monitor,
            NftHealth health,
            Sealing sealing,
            AuditTrail audit) {
        NftMetrics.register(registry, health, NftHealth::deaths);
        NftMetrics.registerSealed(registry, sealing, Sealing::isSealed);
        AuditMetrics.register(registry, audit, AuditTrail::unwritten);
        MonitorMetrics.register(registry, monitor, NftMonitor::isListening, NftMonitor::restarts);
        return new AgentMetrics(registry, counters, Version.number(), Version.runtime());
    }

    @Produces
    @Singleton
    ExposureMetrics exposure(MeterRegistry registry, HostView host) {
        return new ExposureMetrics(registry, host::listeners, host::surroundings, System::nanoTime);
    }

    @Produces
    @Singleton
    DoctorMetrics doctorMetrics(MeterRegistry registry, HostView host) {
        return new DoctorMetrics(registry, Examination.cheap(host), Wiring.oneThread("doctor"), System::nanoTime);
    }

    /** Micrometer has deprecated this class, but Quarkus 3.33 has no other registry for Prometheus. */
    @Produces
    @Singleton
    @SuppressWarnings("deprecation")
    MetricsText metricsText(PrometheusMeterRegistry registry, AgentMetrics metrics) {
        return new MetricsText() {
            @Override
            public String plain() {
                return metrics.scraped(() -> PlainText.of(registry.scrape()));
            }

            @Override
            public String openMetrics() {
                return metrics.scraped(() -> registry.scrape(OPEN_METRICS));
            }
        };
    }

    @Produces
    @Singleton
    UplinkMetrics uplinkMetrics(MeterRegistry registry) {
        return new UplinkMetrics(registry);
    }

    @Produces
    @Singleton
    NameMetrics nameMetrics(MeterRegistry registry, NameCache names) {
        return new NameMetrics(registry, names);
    }

    @Produces
    @Singleton
    ListMetrics listMetrics(MeterRegistry registry, UrlLists lists) {
        return new ListMetrics(registry, lists);
    }

    @Produces
    @Singleton
    StageMetrics stageMetrics(MeterRegistry registry, KernelCounters counters) {
        return new StageMetrics(registry, counters);
    }

    @Produces
    @Singleton
    LastLook lastLook(MeterRegistry registry) {
        return new LastLook(registry, Wiring.CLOCK);
    }
}
