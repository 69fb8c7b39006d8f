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
 * A staged policy as it was submitted.
 *
 * @param file the name of its file, for messages
 * @param lists the content of its list files
 * @param names the addresses of its host names
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
    /** The longest time: an operator would forget a stage that runs longer. */
    public static final Duration LONGEST = Duration.ofDays(30);

    public Stage {
        lists = Map.copyOf(lists);
        names = Map.copyOf(names);
    }

    /** A stage that begins now. */
    public static Stage of(String file, String text, Policy policy, Instant now, Duration time) {
        var since = now.truncatedTo(ChronoUnit.SECONDS);
        return new Stage(file, text, policy.lists(), policy.names(), since, since.plus(time));
    }

    public boolean isOver(Instant now) {
        return !until.isAfter(now);
    }

    /** Current answers replace those from the time of submission. */
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
