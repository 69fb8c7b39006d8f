/**
 * Flows of those who have lost access: which are cut, which may go on, and until when.
 *
 * <p>In come two policies and the flows that this host knows; out go changes of sets with timeouts. This package does not know how a
 * policy comes into force.
 */
@NullMarked
package io.portero.revocation;

import org.jspecify.annotations.NullMarked;
