/**
 * What outlives the agent: the state directory and the files in it.
 *
 * <p>In come values, out come the same after a restart or a boot. What cannot be written is told by a result, and enforcing a
 * policy never depends on it.
 */
@NullMarked
package io.portero.state;

import org.jspecify.annotations.NullMarked;
