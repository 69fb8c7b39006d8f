/**
 * Changes by other programs in our table: what was changed, by which program, and whether it continues.
 *
 * <p>Input: a repair plan and the {@link io.portero.drift.ForeignChange}s that the kernel reported. Output: {@link
 * io.portero.drift.Drift}s in words. This package repairs nothing and does not know how the kernel reports changes.
 */
@NullMarked
package io.portero.drift;

import org.jspecify.annotations.NullMarked;
