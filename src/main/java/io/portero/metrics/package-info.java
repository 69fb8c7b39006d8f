/**
 * What Prometheus is told.
 *
 * <p>In come events and the kernel's counters; out go meters. The only package that knows Micrometer. The names are part
 * of the contract: they change with a major version alone.
 */
@NullMarked
package io.portero.metrics;

import org.jspecify.annotations.NullMarked;
