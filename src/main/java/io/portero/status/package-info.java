/**
 * The status document, the history and the audit lines.
 *
 * <p>In come events and the state of the loop; out go documents for terminal, page, file and network. Nothing here
 * changes the firewall.
 */
@NullMarked
package io.portero.status;

import org.jspecify.annotations.NullMarked;
