/**
 * From a ruleset to a kernel that holds it: look, plan, apply, look again.
 *
 * <p>In come rulesets; out go outcomes. This package does not know when a policy comes into force, nor why.
 */
@NullMarked
package io.portero.enforce;

import org.jspecify.annotations.NullMarked;
