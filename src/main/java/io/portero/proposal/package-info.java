/**
 * A first policy for a host that has none.
 *
 * <p>Input: the state of the host and the sources that the operator names. Output: the text of a policy file. Pure:
 * this package reads neither the host nor the kernel, and {@code config} checks the resulting policy.
 */
@NullMarked
package io.portero.proposal;

import org.jspecify.annotations.NullMarked;
