package io.portero.reconcile;

import io.portero.config.AgentSettings;
import io.portero.config.Loaded;
import io.portero.events.Event;
import io.portero.events.EventPublisher;
import io.portero.names.NameCache;
import io.portero.names.NameNews;
import io.portero.policy.Policy;
import io.portero.policy.Reference.HostName;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Says which host names must be followed, and tells what is new about them. */
final class NameRenewal {
    private final NameCache names;
    private final Enforcement enforcement;
    private final ConfirmedPolicy confirmed;
    private final EventPublisher events;

    NameRenewal(NameCache names, Enforcement enforcement, ConfirmedPolicy confirmed, EventPublisher events) {
        this.names = names;
        this.enforcement = enforcement;
        this.confirmed = confirmed;
        this.events = events;
    }

    /** Follows the names of what is in force, of what was confirmed, and of what comes next. */
    void follow(Optional<Loaded.Accepted> next) {
        var wanted = new TreeMap<HostName, SortedSet<String>>();
        var policies = Stream.of(next, enforcement.inForce().map(Compiled::loaded), confirmed.loaded())
                .flatMap(Optional::stream)
                .toList();
        for (var loaded : policies.reversed()) {
            var policy = loaded.policy();
            policy.names().keySet().forEach(n -> wanted.put(n, policy.places(n)));
        }
        var settings = policies.stream().findFirst().map(Loaded.Accepted::settings);
        names.follow(wanted, settings.orElse(AgentSettings.DEFAULT).maxStale());
    }

    /** Whether a name of the policy was never answered for, and may still be. */
    boolean awaitsFirstAnswers(Policy policy) {
        return names.awaits(policy.names().keySet());
    }

    /** Tells what is new about names; whether any stands for something else. */
    boolean hear() {
        var news = names.takeNews();
        news.forEach(n -> events.tell(new Event.NameHeard(n)));
        confirmed.renewAnswers();
        return news.stream().anyMatch(NameNews.Changed.class::isInstance);
    }
}
