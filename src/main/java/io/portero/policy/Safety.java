package io.portero.policy;

import java.time.Duration;

/**
 * How the operator is kept from locking himself out, and the host from standing open by accident.
 *
 * @param trustUplink whether an interface that holds a default route may be trusted
 */
public record Safety(boolean lockoutGuard, Confirm confirm, Duration confirmWithin, boolean trustUplink) {
    public static final Safety DEFAULT = new Safety(true, Confirm.MANAGEMENT, Duration.ofMinutes(2), false);

    public Safety(boolean lockoutGuard, Confirm confirm, Duration confirmWithin) {
        this(lockoutGuard, confirm, confirmWithin, false);
    }
}
