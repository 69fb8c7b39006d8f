package io.portero.http;

import io.portero.reconcile.Reconciler;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Readiness: up while the kernel holds what the policy says. */
@Readiness
@Singleton
public final class PolicyReadiness implements HealthCheck {
    private final Reconciler reconciler;

    @Inject
    PolicyReadiness(Reconciler reconciler) {
        this.reconciler = reconciler;
    }

    @Override
    public HealthCheckResponse call() {
        var status = reconciler.status();
        return HealthCheckResponse.named("policy in force")
                .status(status.inSync() && status.policy().isPresent())
                .build();
    }
}
