/**
 * Any web server as the store of a fleet, for those who want no other.
 *
 * <p>In come URLs, out go bytes. Knows nothing of policies.
 */
@NullMarked
package io.portero.fleet.https;

import org.jspecify.annotations.NullMarked;
