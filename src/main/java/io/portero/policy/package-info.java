/**
 * What should be true: who may reach which service of this host.
 *
 * <p>Input: words of the policy file. Output: values that say what is admitted, and verdicts for single packets. This
 * package is pure: no files, no processes, no clock, no framework, and no knowledge of nft.
 */
@NullMarked
package io.portero.policy;

import org.jspecify.annotations.NullMarked;
