/** Real packets through real kernels: what the policy says must be what the network meets. */
@NullMarked
package io.portero.net;

import org.jspecify.annotations.NullMarked;
