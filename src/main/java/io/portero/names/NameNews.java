package io.portero.names;

import io.portero.policy.AddressSet;
import io.portero.policy.Reference.HostName;
import java.time.Duration;
import java.util.SortedSet;

/** What somebody should be told about a name. */
public sealed interface NameNews {
    HostName name();

    /** It has other addresses than before. */
    record Changed(HostName name, SortedSet<String> places, AddressSet gained, AddressSet lost) implements NameNews {}

    /** It could not be resolved, after it could, or at first; {@code kept} is what it goes on standing for. */
    record Failing(HostName name, String why, AddressSet kept) implements NameNews {}

    /** It can be resolved again. */
    record Recovered(HostName name) implements NameNews {}

    /** What it stands for is older than it should be, and is kept all the same. */
    record Stale(HostName name, Duration age, AddressSet kept) implements NameNews {}

    /** Among its addresses are some that nobody on the network can be. */
    record Ignored(HostName name, AddressSet ignored) implements NameNews {}
}
