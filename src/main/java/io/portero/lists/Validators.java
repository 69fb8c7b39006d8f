package io.portero.lists;

import java.util.Optional;

/**
 * What a server gave to be asked by whether a list has changed since (RFC 9110, section 8.8).
 *
 * @param etag as it was sent, quotes included
 * @param lastModified as it was sent
 */
record Validators(Optional<String> etag, Optional<String> lastModified) {
    static final Validators NONE = new Validators(Optional.empty(), Optional.empty());

    private static final int LONGEST = 512;

    /** Whatever could not be sent back as it is counts as not given. */
    Validators {
        etag = etag.filter(Validators::canBeSent);
        lastModified = lastModified.filter(Validators::canBeSent);
    }

    private static boolean canBeSent(String value) {
        return !value.isEmpty() && value.length() <= LONGEST && value.chars().allMatch(c -> c >= ' ' && c < 127);
    }
}
