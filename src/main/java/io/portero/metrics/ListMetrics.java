package io.portero.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.portero.events.Event;
import io.portero.events.ReconcileListener;
import io.portero.events.Status;
import io.portero.lists.ListState;
import io.portero.lists.UrlLists;
import io.portero.policy.Reference.UrlList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/** The metrics of web lists: age and entries; series appear and disappear with the policy's lists. */
public final class ListMetrics implements ReconcileListener {
    private static final String LIST = "list";

    private final MeterRegistry registry;
    private final UrlLists lists;
    private final Map<UrlList, List<Meter>> meters = new HashMap<>();

    public ListMetrics(MeterRegistry registry, UrlLists lists) {
        this.registry = registry;
        this.lists = lists;
    }

    @Override
    public void on(Event event, Status now) {
        var wanted = new HashSet<UrlList>();
        lists.states().forEach(s -> wanted.add(s.list()));
        meters.entrySet().removeIf(e -> {
            boolean gone = !wanted.contains(e.getKey());
            if (gone) {
                e.getValue().forEach(registry::remove);
            }
            return gone;
        });
        wanted.forEach(list -> meters.computeIfAbsent(list, this::register));
    }

    private List<Meter> register(UrlList list) {
        return List.of(
                TimeGauge.builder("portero.list.age", lists, TimeUnit.SECONDS, l -> of(l, list, ListMetrics::age))
                        .description("Time since a list on the web was last fetched or found unchanged; that"
                                + " version stays in force: portero lists says why it fails.")
                        .tag(LIST, list.toString())
                        .register(registry),
                gauge(
                        "portero.list.entries",
                        "Entries of a list on the web that are in force.",
                        list,
                        s -> s.entries().orElse(0)),
                gauge(
                        "portero.list.missing",
                        "1 while a list on the web was never fetched and so has no addresses: portero lists"
                                + " says why.",
                        list,
                        s -> s.entries().isEmpty() ? 1 : 0),
                gauge(
                        "portero.list.held.back",
                        "1 while the new version of a list on the web is held back: see portero lists, then"
                                + " portero lists --accept NAME.",
                        list,
                        s -> s.held().isPresent() ? 1 : 0),
                FunctionCounter.builder("portero.list.fetch.failures", lists, l -> of(l, list, ListState::failures))
                        .description("Failed fetches of a list on the web; its last good version stays in force.")
                        .tag(LIST, list.toString())
                        .register(registry));
    }

    private Gauge gauge(String name, String description, UrlList list, ToDoubleFunction<ListState> value) {
        return Gauge.builder(name, lists, l -> of(l, list, value))
                .description(description)
                .tag(LIST, list.toString())
                .register(registry);
    }

    private static double of(UrlLists lists, UrlList list, ToDoubleFunction<ListState> value) {
        return lists.state(list).map(s -> value.applyAsDouble(s)).orElse(Double.NaN);
    }

    /** NaN before the first answer. */
    private static double age(ListState state) {
        return state.age().map(a -> a.toMillis() / 1000.0).orElse(Double.NaN);
    }
}
