package io.portero.plan;

import io.portero.policy.Ip;
import java.time.Duration;
import java.util.Optional;

/**
 * An address in a set with timeouts.
 *
 * @param left for how long it stays; without it, until somebody takes it out
 * @param note the comment that it carries in the kernel, empty when it has none
 */
public record TimedMember(Ip address, Optional<Duration> left, String note) {}
