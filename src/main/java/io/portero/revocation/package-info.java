/**
 * Flows of sources that have lost access: which are cut, which drain, and until when.
 *
 * <p>Input: two policies and the known flows of this host. Output: changes of sets with timeouts. This package does not
 * know how a policy comes into force.
 */
@NullMarked
package io.portero.revocation;

import org.jspecify.annotations.NullMarked;
