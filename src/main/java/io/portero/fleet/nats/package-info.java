/**
 * NATS JetStream as the store of a fleet: the only package that knows its client.
 *
 * <p>Input: subjects and bytes. Output: values of the store and changes of the connection. This package knows nothing
 * about policies.
 */
@NullMarked
package io.portero.fleet.nats;

import org.jspecify.annotations.NullMarked;
