/**
 * The composition root: creates all objects, and connects events with their listeners.
 *
 * <p>It is the only package that may use all others.
 */
@NullMarked
package io.portero;

import org.jspecify.annotations.NullMarked;
