/**
 * Guests: sources that a command admits to a service for a while.
 *
 * <p>In comes an order, out goes what the kernel's sets of guests hold and what is remembered of it. The policy knows nothing of
 * guests, and the table is closed before they are let in.
 */
@NullMarked
package io.portero.guests;

import org.jspecify.annotations.NullMarked;
