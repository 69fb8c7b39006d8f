package io.portero.policy;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

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

    /** Written by hand: in a native executable the generated comparison of a record takes 140 microseconds. */
    @Override
    public boolean equals(@Nullable Object other) {
        return this == other
                || other instanceof Safety that
                        && lockoutGuard == that.lockoutGuard
                        && confirm == that.confirm
                        && confirmWithin.equals(that.confirmWithin)
                        && trustUplink == that.trustUplink;
    }

    @Override
    public int hashCode() {
        return Objects.hash(lockoutGuard, confirm, confirmWithin, trustUplink);
    }
}
