/**
 * Reports to the service manager, systemd.
 *
 * <p>Input: events and the heartbeat of the loop. Output: messages by {@code systemd-notify}. Nothing in the pipeline
 * depends on this package.
 */
@NullMarked
package io.portero.systemd;

import org.jspecify.annotations.NullMarked;
