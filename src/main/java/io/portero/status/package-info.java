/**
 * The status document, the history and the audit lines.
 *
 * <p>Input: events and the state of the loop. Output: documents for terminal, page, file and network. Nothing here
 * changes the firewall.
 */
@NullMarked
package io.portero.status;

import org.jspecify.annotations.NullMarked;
