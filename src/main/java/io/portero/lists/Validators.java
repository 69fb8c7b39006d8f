package io.portero.lists;

import java.util.Optional;

/**
 * The validators from a server, for a conditional request (RFC 9110, section 8.8).
 *
 * @param etag as received, with quotes
 * @param lastModified as received
 */
record Validators(Optional<String> etag, Optional<String> lastModified) {
    static final Validators NONE = new Validators(Optional.empty(), Optional.empty());

    private static final int LONGEST = 512;

    /** A value that cannot be sent back unchanged counts as absent. */
    Validators {
        etag = etag.filter(Validators::canBeSent);
        lastModified = lastModified.filter(Validators::canBeSent);
    }

    private static boolean canBeSent(String value) {
        return !value.isEmpty() && value.length() <= LONGEST && value.chars().allMatch(c -> c >= ' ' && c < 127);
    }
}
