/**
 * What outlives the agent: the state directory and the files in it.
 *
 * <p>Input: values. Output: the same values after a restart or a reboot. A failed write is a result, and enforcing a
 * policy never depends on it.
 */
@NullMarked
package io.portero.state;

import org.jspecify.annotations.NullMarked;
