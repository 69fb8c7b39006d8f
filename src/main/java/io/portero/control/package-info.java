/**
 * Work that commands pass to the running agent.
 *
 * <p>Input: requests over a Unix socket in the run directory, from root and the agent's own user. Output: an answer to
 * each. This package knows nothing of command lines, and does not change the firewall by itself.
 */
@NullMarked
package io.portero.control;

import org.jspecify.annotations.NullMarked;
