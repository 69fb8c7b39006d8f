/**
 * The staged policy: one that judges live traffic beside the policy in force, without any effect on it.
 *
 * <p>In comes a policy that somebody wants to try, out goes a table of its own in the kernel and what it has counted. Nothing in
 * here can change, delay or fail what the policy in force does.
 */
@NullMarked
package io.portero.stage;

import org.jspecify.annotations.NullMarked;
