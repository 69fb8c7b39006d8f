/**
 * Many hosts under one signed policy.
 *
 * <p>In come a directory that an operator keeps, or bytes that a store hands over; out go signed bundles, or one policy file in
 * place. The store is transport and never believed: what counts is who signed. This package knows nothing of nftables, and no
 * part of the pipeline from file to kernel knows this package. What speaks to a store is in packages below.
 */
@NullMarked
package io.portero.fleet;

import org.jspecify.annotations.NullMarked;
