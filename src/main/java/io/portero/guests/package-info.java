/**
 * Guests: sources that a command admits to a service for a limited time.
 *
 * <p>Input: requests of commands. Output: the members of the kernel's sets of guests and the remembered guests. The policy knows
 * nothing about guests. The table is in force before guests are added.
 */
@NullMarked
package io.portero.guests;

import org.jspecify.annotations.NullMarked;
