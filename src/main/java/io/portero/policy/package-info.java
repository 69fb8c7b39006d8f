/**
 * What should be true: who may reach which service of this host.
 *
 * <p>In come words of the policy file; out go values that say what is admitted, and answers to questions about single
 * packets. This package is pure: no files, no processes, no clock, no framework, and nothing of how the kernel is told.
 */
@NullMarked
package io.portero.policy;

import org.jspecify.annotations.NullMarked;
