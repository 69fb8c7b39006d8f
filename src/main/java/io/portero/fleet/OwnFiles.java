package io.portero.fleet;

import io.portero.files.Unfinished;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;

/**
 * Detects changes of the host's own policy and of the trust files since the last look; one that looks unfinished counts
 * a moment later. For one thread at a time.
 */
final class OwnFiles {
    private final HostSettings settings;
    private final Clock clock;
    private String policy = "";
    private String trust = "";

    OwnFiles(HostSettings settings, Clock clock) {
        this.settings = settings;
        this.clock = clock;
    }

    boolean isTrustNew() {
        if (isUnfinished(settings.allowedSigners())
                || settings.revokedKeys().filter(this::isUnfinished).isPresent()) {
            return false;
        }
        var now = identity(settings.allowedSigners())
                + settings.revokedKeys().map(OwnFiles::identity).orElse("");
        boolean isNew = !now.equals(trust);
        trust = now;
        return isNew;
    }

    boolean isPolicyNew() {
        if (isUnfinished(settings.hostPolicy())) {
            return false;
        }
        var now = identity(settings.hostPolicy());
        boolean isNew = !now.equals(policy);
        policy = now;
        return isNew;
    }

    private boolean isUnfinished(Path file) {
        return Unfinished.isLikely(file, clock.instant());
    }

    /** The next look finds the change. */
    void forgetPolicy() {
        policy = "";
    }

    /** The time of the last change also tells that its owner or mode has changed. */
    private static String identity(Path file) {
        try {
            return Files.readAttributes(file, "unix:ctime,lastModifiedTime,size,ino") + ";";
        } catch (IOException e) {
            return "none;";
        }
    }
}
