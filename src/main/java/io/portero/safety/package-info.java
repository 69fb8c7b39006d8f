/**
 * May a policy come into force: who the operator is, the lockout guard, probation.
 *
 * <p>In come a policy and what the host shows of sessions; out goes an {@link io.portero.safety.Admission.Decision}. This package
 * changes no firewall.
 */
@NullMarked
package io.portero.safety;

import org.jspecify.annotations.NullMarked;
