/**
 * The staged policy: it judges live traffic beside the policy in force, without any effect on the traffic.
 *
 * <p>Input: a policy to try. Output: a separate table in the kernel, and its counts. Nothing in this package can change
 * or delay the policy in force, or make it fail.
 */
@NullMarked
package io.portero.stage;

import org.jspecify.annotations.NullMarked;
