package io.portero.plan;

/**
 * A part of a transaction.
 *
 * <p>Two kinds that never mix by accident: a {@link Plan} is made of {@link Step}s alone, which follow from the policy and
 * close the host. {@link TimedChange}s carry what others wrote (notes, durations), which nft may refuse; they have no place in a
 * plan.
 */
public sealed interface Statement permits Step, TimedChange {}
