package io.portero.proposal;

import io.portero.policy.Ip;
import io.portero.policy.PortRange;
import java.time.Duration;

/**
 * What one source sent to one port and would have been dropped, had the policy been enforced.
 *
 * @param ago how long ago the last of its packets came
 */
public record Refused(Ip source, PortRange port, long packets, Duration ago) {}
