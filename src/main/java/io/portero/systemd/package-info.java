/**
 * The service manager: what systemd is told.
 *
 * <p>In come events and the beat of the loop; out go messages by {@code systemd-notify}. Nothing in the pipeline knows of it.
 */
@NullMarked
package io.portero.systemd;

import org.jspecify.annotations.NullMarked;
