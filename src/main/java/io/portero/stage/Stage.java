package io.portero.stage;

import io.portero.config.Outside;
import io.portero.policy.AddressSet;
import io.portero.policy.Policy;
import io.portero.policy.Reference.HostName;
import io.portero.policy.Reference.ListFile;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;

/**
 * A staged policy as it was handed in.
 *
 * @param file what it was read from, as people are told
 * @param lists what the lists in files held that it names
 * @param names what its host names stood for
 * @param until when it ends by itself
 */
public record Stage(
        String file,
        String text,
        Map<ListFile, AddressSet> lists,
        Map<HostName, AddressSet> names,
        Instant since,
        Instant until) {
    public static final Duration USUAL = Duration.ofHours(24);
    /** Whoever judges longer forgets that he does. */
    public static final Duration LONGEST = Duration.ofDays(30);

    public Stage {
        lists = Map.copyOf(lists);
        names = Map.copyOf(names);
    }

    /** One that begins now. */
    public static Stage of(String file, String text, Policy policy, Instant now, Duration time) {
        var since = now.truncatedTo(ChronoUnit.SECONDS);
        return new Stage(file, text, policy.lists(), policy.names(), since, since.plus(time));
    }

    public boolean isOver(Instant now) {
        return !until.isAfter(now);
    }

    /** What is known now comes before what was known when it was handed in. */
    Outside knowing(Outside current) {
        var allLists = new HashMap<>(lists);
        allLists.putAll(current.lists());
        return new Outside(
                true,
                allLists,
                wanted -> {
                    var all = new HashMap<>(names);
                    all.putAll(current.names().addresses(wanted));
                    return all;
                },
                current.urls(),
                current.host());
    }
}
