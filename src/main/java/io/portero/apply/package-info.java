/**
 * Plan to outcome: changing what is enforced.
 *
 * <p>Input: a {@link io.portero.plan.Plan} and the {@link io.portero.apply.Firewall} to carry it out on. Output: an
 * {@link io.portero.apply.Outcome}. This package does not know which firewall that is, nor why the plan was made.
 */
@NullMarked
package io.portero.apply;

import org.jspecify.annotations.NullMarked;
