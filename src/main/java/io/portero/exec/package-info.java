/**
 * Other programs: the only place that starts processes.
 *
 * <p>In comes a command as a list of words (never a shell line); out goes what it said and how it ended. This package
 * knows nothing of firewalls.
 */
@NullMarked
package io.portero.exec;

import org.jspecify.annotations.NullMarked;
