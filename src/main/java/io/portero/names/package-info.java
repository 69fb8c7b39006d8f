/**
 * Host names to addresses, followed for as long as the policy names them.
 *
 * <p>Input: names. Output: their addresses and news. Nothing here waits for the firewall, and the firewall does not
 * wait for anything here. This package does not know what the addresses are for.
 */
@NullMarked
package io.portero.names;

import org.jspecify.annotations.NullMarked;
