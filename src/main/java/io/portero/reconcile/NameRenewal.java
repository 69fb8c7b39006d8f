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

/** Decides which host names to follow, and reports news about them. */
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

    /** Follows the names of the policy in force, of the confirmed policy, and of the next policy. */
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

    /** Whether the first query for a name of the policy has not ended yet. */
    boolean awaitsFirstAnswers(Policy policy) {
        return names.awaits(policy.names().keySet());
    }

    /** Reports news about names; returns whether the addresses of any have changed. */
    boolean hear() {
        var news = names.takeNews();
        news.forEach(n -> events.tell(new Event.NameHeard(n)));
        confirmed.renewAnswers();
        return news.stream().anyMatch(NameNews.Changed.class::isInstance);
    }
}
