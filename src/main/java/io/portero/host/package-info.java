/**
 * The adapter to the host: its sockets, sessions, flows, routes and files, mostly from {@code /proc}.
 *
 * <p>Input: questions. Output: sessions, flows and ports. Only this package knows the format of those files.
 */
@NullMarked
package io.portero.host;

import org.jspecify.annotations.NullMarked;
