/**
 * A web server as the store of a fleet.
 *
 * <p>Input: URLs. Output: bytes. This package knows nothing about policies.
 */
@NullMarked
package io.portero.fleet.https;

import org.jspecify.annotations.NullMarked;
