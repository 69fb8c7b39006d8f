/**
 * Other programs: the only package that starts processes.
 *
 * <p>In comes a command as a list of words (never a shell line); out goes its output and how it ended. This package
 * does not know firewalls.
 */
@NullMarked
package io.portero.exec;

import org.jspecify.annotations.NullMarked;
