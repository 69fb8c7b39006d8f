/**
 * From a ruleset to a kernel that holds it: look, plan, apply, look again.
 *
 * <p>Input: rulesets. Output: outcomes. This package does not know when a policy comes into force, nor why.
 */
@NullMarked
package io.portero.enforce;

import org.jspecify.annotations.NullMarked;
