package io.portero.policy;

import java.time.Duration;

/** How the operator is kept from locking himself out. */
public record Safety(boolean lockoutGuard, Confirm confirm, Duration confirmWithin) {
    public static final Safety DEFAULT = new Safety(true, Confirm.MANAGEMENT, Duration.ofMinutes(2));
}
