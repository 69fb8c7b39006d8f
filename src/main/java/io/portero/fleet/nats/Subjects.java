package io.portero.fleet.nats;

import io.portero.fleet.Transport.Slot;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * The layout of the store: the buckets, their keys, and the subjects behind them (NATS ADR-8, ADR-20, ADR-31).
 *
 * <p>A host needs permission to publish and subscribe to these subjects and no others; docs/fleet.md lists them.
 */
final class Subjects {
    static final String BUNDLES = "portero";
    /** The stream behind that bucket. */
    static final String STREAM = "KV_" + BUNDLES;

    static final String STATUS = "portero-status";
    static final String LISTS = "portero-lists";
    /**
     * The subject on which the store announces that it has written a key. A host subscribes to this and not to the
     * key's own subject, because a message there may still be refused by the store, and anybody may have sent it.
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

    /** A request for the last message of that subject; any server that has it answers. */
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
