/**
 * The network port: read only.
 *
 * <p>Input: requests. Output: metrics, health and status. Nothing that arrives here changes anything.
 */
@NullMarked
package io.portero.http;

import org.jspecify.annotations.NullMarked;
