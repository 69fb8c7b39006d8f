/**
 * Bans by hand and by other programs, and the sets that enforce them.
 *
 * <p>Input: commands, the kernel's sets and the remembered bans. Output: changes of those sets, and {@link
 * io.portero.bans.BanChanges}. This package does not know the loop that calls it.
 */
@NullMarked
package io.portero.bans;

import org.jspecify.annotations.NullMarked;
