/**
 * Other programs: the only package that starts processes.
 *
 * <p>Input: a command as a list of words (never a shell line). Output: its output and how it ended. This package knows
 * nothing about firewalls.
 */
@NullMarked
package io.portero.exec;

import org.jspecify.annotations.NullMarked;
