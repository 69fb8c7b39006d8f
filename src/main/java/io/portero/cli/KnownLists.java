package io.portero.cli;

import io.portero.config.Loaded;
import io.portero.config.Outside;
import io.portero.config.PolicyReader;
import io.portero.lists.ListsOnDisk;
import io.portero.policy.Policy;
import io.portero.policy.Reference.UrlList;
import io.portero.state.KeptLists;
import io.portero.state.LastGood;
import io.portero.state.StateDirectory;
import io.portero.status.ListRow;
import io.portero.status.ListRows;
import java.nio.file.Files;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** The lists of a policy: lists in files as they are now, lists on the web as the agent has stored them. */
final class KnownLists {
    private final PolicyArgument argument;
    private final PolicyReader reader;
    private final Clock clock;

    KnownLists(PolicyArgument argument, PolicyReader reader, Clock clock) {
        this.argument = argument;
        this.reader = reader;
        this.clock = clock;
    }

    /** @param problem why some lists could not be found, as a sentence */
    record Found(List<ListRow> rows, Optional<String> problem) {}

    Found find() {
        var state = argument.locations().stateDir();
        var store = KeptLists.readOnly(new StateDirectory(state));
        var lastGood = argument.lastGood();
        var outside = Outside.keeping(lastGood.lists(), names -> Map.of()).knowing(ListsOnDisk.addresses(store));
        var loaded = reader.read(argument.path(), outside);
        var policy = policy(loaded, lastGood, outside);
        if (policy.isEmpty()) {
            return new Found(List.of(), Optional.of(argument.path() + " cannot be used; portero check says why"));
        }
        var wanted = new TreeMap<UrlList, SortedSet<String>>();
        policy.get()
                .urlLists()
                .keySet()
                .forEach(list -> wanted.put(list, new TreeSet<>(policy.get().places(list))));
        var rows =
                ListRows.of(policy.get(), ListsOnDisk.states(store, wanted, clock), loaded.problems(), clock.instant());
        boolean hidden = !wanted.isEmpty() && Files.exists(state) && !Files.isReadable(state);
        return new Found(rows, hidden ? Optional.of(state + " cannot be read; run as root") : Optional.empty());
    }

    /** While the file is refused, the agent follows the lists of the previous policy. */
    private Optional<Policy> policy(Loaded loaded, LastGood lastGood, Outside outside) {
        return switch (loaded) {
            case Loaded.Accepted accepted -> Optional.of(accepted.policy());
            case Loaded.Refused refused ->
                lastGood.policy()
                        .map(text -> reader.parse(LastGood.POLICY, text, outside))
                        .filter(Loaded.Accepted.class::isInstance)
                        .map(kept -> ((Loaded.Accepted) kept).policy());
        };
    }
}
