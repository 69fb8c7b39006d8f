/**
 * The policy file: from text on disk to a {@link io.portero.policy.Policy}.
 *
 * <p>Input: a path. Output: a {@link io.portero.config.Loaded}: a policy with its warnings, or all problems of the file
 * at once, each with its line. This package knows nothing of the kernel.
 */
@NullMarked
package io.portero.config;

import org.jspecify.annotations.NullMarked;
