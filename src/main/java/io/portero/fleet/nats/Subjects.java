package io.portero.fleet.nats;

import io.portero.fleet.Transport.Slot;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * Where what stands in the store: the buckets, their keys, and the subjects behind them (NATS ADR-8, ADR-20, ADR-31).
 *
 * <p>A host needs the right to say and to hear these subjects and no others; docs/fleet.md lists them.
 */
final class Subjects {
    static final String BUNDLES = "portero";
    /** The stream behind that bucket. */
    static final String STREAM = "KV_" + BUNDLES;

    static final String STATUS = "portero-status";
    static final String LISTS = "portero-lists";
    /**
     * Where the store itself says, after it has written a key, that it did. A host listens there and not to the key's own subject:
     * what is said there may be refused by the store a moment later, and anybody could have had it said.
     */
    private static final String NEWS = "portero.news.";

    /** The key of the state of a roll. */
    static final String ROLL = "roll";

    private Subjects() {}

    static String key(Slot slot, String role) {
        return switch (slot) {
                    case BUNDLE -> "bundle.";
                    case NEXT -> "next.";
                    case GATE -> "gate.";
                }
                + role;
    }

    static String ofKey(Slot slot, String role) {
        return "$KV." + BUNDLES + "." + key(slot, role);
    }

    static String everyKey() {
        return "$KV." + BUNDLES + ".>";
    }

    static String everyNews() {
        return NEWS + ">";
    }

    static String newsOf(Slot slot, String role) {
        return NEWS + key(slot, role);
    }

    /** Answered with the last message of that subject, by any server that has it. */
    static String lastOf(String stream, String subject) {
        return "$JS.API.DIRECT.GET." + stream + "." + subject;
    }

    static String status(String host) {
        return "$KV." + STATUS + "." + host;
    }

    static String object(String name) {
        return "$O." + LISTS + ".M." + Base64.getUrlEncoder().encodeToString(name.getBytes(StandardCharsets.UTF_8));
    }

    static String chunks(String nuid) {
        return "$O." + LISTS + ".C." + nuid;
    }

    static String inbox(String user) {
        return "_INBOX_" + user + ".";
    }
}
