/**
 * What is told of how things stand: the status document, the history, the audit lines.
 *
 * <p>In come events and the state of the loop; out go documents for terminal, page, file and network. Nothing here changes
 * anything.
 */
@NullMarked
package io.portero.status;

import org.jspecify.annotations.NullMarked;
