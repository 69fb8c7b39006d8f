package io.portero.http;

import io.portero.loop.Pulse;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;

/** Liveness: up while the reconcile loop runs. A process whose loop hangs must be restarted. */
@Liveness
@Singleton
public final class LoopLiveness implements HealthCheck {
    private final Pulse pulse;

    @Inject
    LoopLiveness(Pulse pulse) {
        this.pulse = pulse;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("the loop goes round")
                .status(pulse.isAlive())
                .build();
    }
}
