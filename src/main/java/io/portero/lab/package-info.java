/**
 * A small Internet in network namespaces, with real packets: for the demonstration and for tests.
 *
 * <p>In come places and their tasks; out go the packets that they saw. This package does not know the agent.
 */
@NullMarked
package io.portero.lab;

import org.jspecify.annotations.NullMarked;
