/**
 * The command line: converts arguments to calls, and results to sentences and exit codes.
 *
 * <p>Input: arguments. Output: lines for a person or JSON for a program. Commands receive the objects that they call;
 * this package knows nothing of nft and starts no web server.
 */
@NullMarked
package io.portero.cli;

import org.jspecify.annotations.NullMarked;
