/**
 * The metrics for Prometheus.
 *
 * <p>Input: events and the kernel's counters. Output: meters. It is the only package that uses Micrometer. The names
 * are part of the contract: they change only with a major version.
 */
@NullMarked
package io.portero.metrics;

import org.jspecify.annotations.NullMarked;
