package io.portero.lists;

import io.portero.policy.AddressSet;
import java.time.Duration;
import java.util.Optional;

/** What came of fetching a list. */
sealed interface Fetched {

    /** @param bytes its size, unpacked */
    record Content(AddressSet members, long bytes, Validators validators) implements Fetched {}

    /** It is as it was when those validators were given. */
    record Unchanged() implements Fetched {}

    /**
     * Nothing that can be used.
     *
     * @param why a clause
     * @param notBefore how long the server asks to be left alone
     */
    record Failed(String why, Optional<Duration> notBefore) implements Fetched {
        static Failed because(String why) {
            return new Failed(why, Optional.empty());
        }
    }
}
