/**
 * The command line: words to calls, results to sentences and exit codes.
 *
 * <p>In come arguments; out go lines for a person or JSON for a machine. Commands are given what they call; this package
 * knows of no nft and starts no web server.
 */
@NullMarked
package io.portero.cli;

import org.jspecify.annotations.NullMarked;
