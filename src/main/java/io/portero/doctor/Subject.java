package io.portero.doctor;

import io.portero.policy.Policy;
import java.util.Optional;

/**
 * The policy with which a host is compared.
 *
 * @param file as the user named it
 * @param policy the policy in the file; the last confirmed policy if the file is refused, empty if there is none
 * @param problems the number of errors in the file
 * @param warnings the number of its warnings that no finding reports
 * @param metricsPort the port where the agent serves its metrics
 * @param inForce whether the kernel has our table; empty if this process may not see it
 */
public record Subject(
        String file, Optional<Policy> policy, int problems, int warnings, int metricsPort, Optional<Boolean> inForce) {}
