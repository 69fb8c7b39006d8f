/**
 * Decides whether a policy may come into force: the operator's way in, the lockout guard, probation.
 *
 * <p>Input: a policy and the sessions of the host. Output: an {@link io.portero.safety.Admission.Decision}. This
 * package changes no firewall.
 */
@NullMarked
package io.portero.safety;

import org.jspecify.annotations.NullMarked;
