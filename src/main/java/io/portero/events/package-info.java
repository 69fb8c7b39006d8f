/**
 * What happened, and how things stand: the words of those who reconcile, for those who listen.
 *
 * <p>In come events; out goes a {@link io.portero.events.Status} with each. This package does not know who makes the events, nor who
 * listens.
 */
@NullMarked
package io.portero.events;

import org.jspecify.annotations.NullMarked;
