/**
 * A first policy for a host that has none.
 *
 * <p>In come what the host shows and whom the operator names; out goes the text of a policy file. Pure: this package asks
 * neither the host nor the kernel, and whether its text is a good policy is for {@code config} to say.
 */
@NullMarked
package io.portero.proposal;

import org.jspecify.annotations.NullMarked;
