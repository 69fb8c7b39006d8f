/**
 * Host names to addresses, followed for as long as the policy names them.
 *
 * <p>In come names; out go the addresses that they stand for, and news of them. Nothing here waits for the firewall and the
 * firewall waits for nothing here. This package does not know what the addresses are for.
 */
@NullMarked
package io.portero.names;

import org.jspecify.annotations.NullMarked;
