package io.portero.lists;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Thrown when a list cannot be fetched or used; the message is a clause that says why. */
final class Unfetched extends IOException {
    private static final long serialVersionUID = 1;

    private final transient @Nullable Duration notBefore;

    Unfetched(String why) {
        this(why, null);
    }

    /** @param notBefore how long the server asks the client to wait */
    Unfetched(String why, @Nullable Duration notBefore) {
        super(why);
        this.notBefore = notBefore;
    }

    Fetched.Failed failed() {
        return new Fetched.Failed(String.valueOf(getMessage()), Optional.ofNullable(notBefore));
    }
}
