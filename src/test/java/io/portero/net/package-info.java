/** Real packets through real kernels: the network must behave as the policy says. */
@NullMarked
package io.portero.net;

import org.jspecify.annotations.NullMarked;
