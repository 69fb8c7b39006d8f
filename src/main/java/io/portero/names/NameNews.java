package io.portero.names;

import io.portero.policy.AddressSet;
import io.portero.policy.Reference.HostName;
import java.time.Duration;
import java.util.SortedSet;

/** News about a name. */
public sealed interface NameNews {
    HostName name();

    /** It has other addresses than before. */
    record Changed(HostName name, SortedSet<String> places, AddressSet gained, AddressSet lost) implements NameNews {}

    /**
     * It could not be resolved, for the first time since a success or since the start; {@code kept} are the addresses
     * that stay in use.
     */
    record Failing(HostName name, String why, AddressSet kept) implements NameNews {}

    /** It can be resolved again. */
    record Recovered(HostName name) implements NameNews {}

    /** Its answers were found to rotate: each has only some of its addresses. */
    record Rotates(HostName name, AddressSet kept) implements NameNews {}

    /** Its addresses are too old, but stay in use. */
    record Stale(HostName name, Duration age, AddressSet kept) implements NameNews {}

    /** Some of its addresses cannot belong to a host on the network. */
    record Ignored(HostName name, AddressSet ignored) implements NameNews {}
}
