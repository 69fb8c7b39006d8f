package io.portero.fleet;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Detects changes of the host's own policy and of the trust files since the last look. For one thread at a time. */
final class OwnFiles {
    private final HostSettings settings;
    private String policy = "";
    private String trust = "";

    OwnFiles(HostSettings settings) {
        this.settings = settings;
    }

    boolean isTrustNew() {
        var now = identity(settings.allowedSigners())
                + settings.revokedKeys().map(OwnFiles::identity).orElse("");
        boolean isNew = !now.equals(trust);
        trust = now;
        return isNew;
    }

    boolean isPolicyNew() {
        var now = identity(settings.hostPolicy());
        boolean isNew = !now.equals(policy);
        policy = now;
        return isNew;
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
