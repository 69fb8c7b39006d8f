package io.portero.plan;

/**
 * A part of a transaction.
 *
 * <p>There are two kinds, which must not mix. A {@link Plan} has only {@link Step}s, which follow from the policy and
 * close the host. A {@link TimedChange} carries user input (notes, durations), which nft may refuse, so it is never
 * part of a plan.
 */
public sealed interface Statement permits Step, TimedChange {}
