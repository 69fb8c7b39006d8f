/**
 * A small Internet in network namespaces, with real packets: for the demonstration and for tests.
 *
 * <p>Input: places and their tasks. Output: the packets that they saw. This package does not know the agent.
 */
@NullMarked
package io.portero.lab;

import org.jspecify.annotations.NullMarked;
