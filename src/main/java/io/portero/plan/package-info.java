/**
 * Ruleset and snapshot to plan: the steps that make the kernel hold what the policy says.
 *
 * <p>Input: the wanted {@link io.portero.compile.Ruleset} and a {@link io.portero.plan.Snapshot} of the kernel's table.
 * Output: a {@link io.portero.plan.Plan}. Pure: this package reads no kernel and runs nothing.
 */
@NullMarked
package io.portero.plan;

import org.jspecify.annotations.NullMarked;
