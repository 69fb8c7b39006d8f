/**
 * The ports that this host offers, compared with what the policy admits.
 *
 * <p>Input: listeners from an adapter, and a policy. Output: who can reach what. Pure: this package asks neither the
 * host nor the kernel.
 */
@NullMarked
package io.portero.exposure;

import org.jspecify.annotations.NullMarked;
