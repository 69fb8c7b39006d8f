/**
 * The product shown at work, with real packets through a small Internet.
 *
 * <p>In comes a {@link io.portero.lab.Lab}; out goes text for a terminal. This package knows the agent from outside only: by
 * its command line, its file, its port.
 */
@NullMarked
package io.portero.demo;

import org.jspecify.annotations.NullMarked;
