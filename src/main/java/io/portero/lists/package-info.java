/**
 * Lists on the web to addresses, fetched repeatedly while the policy names them.
 *
 * <p>Input: the lists that a policy names. Output: their members, offers of new members, and news. The loop decides
 * whether to accept an offer. Nothing here waits for the firewall, and the firewall does not wait for anything here; a
 * policy without such lists costs no thread, no socket and no memory.
 */
@NullMarked
package io.portero.lists;

import org.jspecify.annotations.NullMarked;
