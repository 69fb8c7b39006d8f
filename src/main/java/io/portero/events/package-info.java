/**
 * Events and the status: from the code that reconciles, for the listeners.
 *
 * <p>Input: events. Output: a {@link io.portero.events.Status} with each. This package knows neither who creates the
 * events nor who listens.
 */
@NullMarked
package io.portero.events;

import org.jspecify.annotations.NullMarked;
