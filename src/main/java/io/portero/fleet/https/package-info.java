/**
 * A web server as the store of a fleet.
 *
 * <p>In come URLs, out go bytes. This package knows nothing about policies.
 */
@NullMarked
package io.portero.fleet.https;

import org.jspecify.annotations.NullMarked;
