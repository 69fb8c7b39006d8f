/**
 * Policy to ruleset: the same intent in the kernel's terms.
 *
 * <p>Input: a {@link io.portero.policy.Policy}. Output: a {@link io.portero.compile.Ruleset}, the whole content of the
 * table {@code inet portero}, and its text. Pure and deterministic: equal policies give exactly the same text. This
 * package does not know the current content of the kernel.
 */
@NullMarked
package io.portero.compile;

import org.jspecify.annotations.NullMarked;
