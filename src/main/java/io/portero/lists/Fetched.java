package io.portero.lists;

import io.portero.policy.AddressSet;
import java.time.Duration;
import java.util.Optional;

/** The result of a fetch. */
sealed interface Fetched {

    /** @param bytes its size, unpacked */
    record Content(AddressSet members, long bytes, Validators validators) implements Fetched {}

    /** The list has not changed since these validators were given. */
    record Unchanged() implements Fetched {}

    /**
     * The fetch failed.
     *
     * @param why a clause
     * @param notBefore how long the server asks the client to wait
     */
    record Failed(String why, Optional<Duration> notBefore) implements Fetched {
        static Failed because(String why) {
            return new Failed(why, Optional.empty());
        }
    }
}
