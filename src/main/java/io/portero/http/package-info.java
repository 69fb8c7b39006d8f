/**
 * The network port: read only.
 *
 * <p>In come requests; out go metrics, health and status. Nothing that arrives here changes anything.
 */
@NullMarked
package io.portero.http;

import org.jspecify.annotations.NullMarked;
