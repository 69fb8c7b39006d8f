/**
 * Policy to ruleset: the same intent in the kernel's terms.
 *
 * <p>In comes a {@link io.portero.policy.Policy}; out goes a {@link io.portero.compile.Ruleset}, the whole content of
 * the table {@code inet portero}, and its text. Pure and deterministic: equal policies give the same text to the
 * letter. This package does not know the current content of the kernel.
 */
@NullMarked
package io.portero.compile;

import org.jspecify.annotations.NullMarked;
