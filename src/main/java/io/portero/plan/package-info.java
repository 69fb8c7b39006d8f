/**
 * Ruleset and snapshot to plan: what has to be done so that the kernel holds what the policy says.
 *
 * <p>In come the {@link io.portero.compile.Ruleset} that is wanted and a {@link io.portero.plan.Snapshot} of what is there;
 * out goes a {@link io.portero.plan.Plan}. Pure: this package reads no kernel and runs nothing.
 */
@NullMarked
package io.portero.plan;

import org.jspecify.annotations.NullMarked;
