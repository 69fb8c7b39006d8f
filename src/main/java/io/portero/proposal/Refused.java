package io.portero.proposal;

import io.portero.policy.Ip;
import io.portero.policy.PortRange;
import java.time.Duration;

/**
 * Packets of one source to one port that mode enforce would have dropped.
 *
 * @param ago how long ago the last of its packets came
 */
public record Refused(Ip source, PortRange port, long packets, Duration ago) {}
