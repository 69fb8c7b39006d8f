/**
 * The adapter to the host: its sockets, sessions, flows, routes and files, mostly from {@code /proc}.
 *
 * <p>In come questions, out go sessions, flows and ports. The only package that knows what those files look like.
 */
@NullMarked
package io.portero.host;

import org.jspecify.annotations.NullMarked;
