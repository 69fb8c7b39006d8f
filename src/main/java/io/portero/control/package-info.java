/**
 * Work that commands hand to the running agent.
 *
 * <p>In come requests over a Unix socket in the run directory, from root and the agent's own user; out goes an answer to each.
 * Knows nothing of command lines, and changes nothing of the firewall by itself.
 */
@NullMarked
package io.portero.control;

import org.jspecify.annotations.NullMarked;
