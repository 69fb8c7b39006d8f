/**
 * NATS JetStream as the store of a fleet: the only package that knows its client.
 *
 * <p>In come subjects and bytes, out go what the store holds and the connection's ups and downs. Knows nothing of policies.
 */
@NullMarked
package io.portero.fleet.nats;

import org.jspecify.annotations.NullMarked;
