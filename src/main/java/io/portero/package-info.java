/**
 * The composition root: what is made of what, and who is told what.
 *
 * <p>The only package that knows all others.
 */
@NullMarked
package io.portero;

import org.jspecify.annotations.NullMarked;
