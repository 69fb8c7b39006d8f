/**
 * Lists on the web to addresses, fetched again for as long as the policy names them.
 *
 * <p>In come the lists that a policy names; out go what they hold, offers of what they should hold from now on, and news of
 * them. Whether an offer is taken, the loop decides. Nothing here waits for the firewall and the firewall waits for nothing here;
 * a policy without such lists costs no thread, no socket and no memory.
 */
@NullMarked
package io.portero.lists;

import org.jspecify.annotations.NullMarked;
