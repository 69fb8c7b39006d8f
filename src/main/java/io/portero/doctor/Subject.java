package io.portero.doctor;

import io.portero.policy.Policy;
import java.util.Optional;

/**
 * The policy that a host is held against.
 *
 * @param file as the user named it
 * @param policy what it says; the last confirmed one where it is refused, nothing where there is none
 * @param problems how many errors the file has
 * @param warnings how many warnings it has that are told nowhere else
 * @param metricsPort where the agent serves its metrics
 * @param inForce whether the kernel holds our table; nothing where that may not be known
 */
public record Subject(
        String file, Optional<Policy> policy, int problems, int warnings, int metricsPort, Optional<Boolean> inForce) {}
