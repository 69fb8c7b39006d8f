package io.portero.reconcile;

import io.portero.config.AgentSettings;
import io.portero.config.Loaded;
import io.portero.events.Event;
import io.portero.events.EventPublisher;
import io.portero.lists.ListNews;
import io.portero.lists.UrlLists;
import io.portero.policy.AddressSet;
import io.portero.policy.Policy;
import io.portero.policy.Reference.UrlList;
import io.portero.safety.Admission;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Decides which web lists to follow, and accepts their offers or holds them back.
 *
 * <p>Nobody at this host has reviewed such a change, so the lockout guard judges it: if a new list would cut off every
 * live management session, the old one stays.
 */
final class ListRenewal {
    private final Answers answers;
    private final UrlLists lists;
    private final Admission admission;
    private final Enforcement enforcement;
    private final ConfirmedPolicy confirmed;
    private final EventPublisher events;

    ListRenewal(
            Answers answers,
            Admission admission,
            Enforcement enforcement,
            ConfirmedPolicy confirmed,
            EventPublisher events) {
        this.answers = answers;
        this.lists = answers.urls();
        this.admission = admission;
        this.enforcement = enforcement;
        this.confirmed = confirmed;
        this.events = events;
    }

    /** Follows the lists of the policy in force, of the confirmed policy, and of the next policy. */
    void follow(Optional<Loaded.Accepted> next) {
        var wanted = new TreeMap<UrlList, SortedSet<String>>();
        var policies = Stream.of(next, enforcement.inForce().map(Compiled::loaded), confirmed.loaded())
                .flatMap(Optional::stream)
                .toList();
        for (var loaded : policies.reversed()) {
            var policy = loaded.policy();
            policy.urlLists().keySet().forEach(l -> wanted.put(l, policy.places(l)));
        }
        var settings = policies.stream().findFirst().map(Loaded.Accepted::settings);
        lists.follow(wanted, settings.orElse(AgentSettings.DEFAULT).maxStale());
    }

    /** Fetches all lists now, because an operator asked for it. */
    void fetchNow() {
        lists.fetchNow();
    }

    /** Whether the first fetch of a list of the policy has not ended yet. */
    boolean awaitsFirstAnswers(Policy policy) {
        return lists.awaits(policy.urlLists().keySet());
    }

    /** Accepts offers or holds them back, and reports news; returns whether any list has changed. */
    boolean hear() {
        lists.offers().forEach(this::judge);
        var news = lists.takeNews();
        news.forEach(n -> events.tell(new Event.ListHeard(n)));
        confirmed.renewAnswers();
        return news.stream().anyMatch(ListNews.Changed.class::isInstance);
    }

    private void judge(UrlList list, AddressSet offered) {
        var refusal = Stream.of(enforcement.policy(), confirmed.policy())
                .flatMap(Optional::stream)
                .filter(policy -> policy.urlLists().containsKey(list))
                .flatMap(policy -> refusal(policy, list, offered).stream())
                .findFirst();
        refusal.ifPresentOrElse(why -> lists.holdBack(list, offered, why), () -> lists.take(list, offered));
    }

    /** If nobody loses the way in, there is no need to look up who is logged in. */
    private Optional<String> refusal(Policy policy, UrlList list, AddressSet offered) {
        var addresses = answers.addresses();
        var before = policy.with(addresses);
        addresses.put(list, offered);
        var after = policy.with(addresses);
        if (!admission.narrows(before, after)) {
            return Optional.empty();
        }
        return switch (admission.decide(after, Optional.of(before), Optional.empty())) {
            case Admission.Decision.Refuse refuse -> Optional.of(refuse.why());
            case Admission.Decision.Admit admit -> Optional.empty();
        };
    }
}
