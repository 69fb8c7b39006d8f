/**
 * NATS JetStream as the store of a fleet: the only package that knows its client.
 *
 * <p>In come subjects and bytes; out go values of the store and changes of the connection. This package knows nothing
 * about policies.
 */
@NullMarked
package io.portero.fleet.nats;

import org.jspecify.annotations.NullMarked;
