package io.portero.stage;

/** What happened to the staged policy. */
public sealed interface StageNews {
    Staged staged();

    /** It judges live traffic from now on. */
    record Began(Staged staged) implements StageNews {}

    /** It counts for other services than before, since a policy has changed. */
    record Renewed(Staged staged) implements StageNews {}

    /**
     * It is no longer there.
     *
     * @param why a clause
     */
    record Ended(Staged staged, String why) implements StageNews {}

    /** The kernel does not take it; its problem says why. It is tried again. */
    record Failing(Staged staged) implements StageNews {}

    /** The kernel takes it again. */
    record Recovered(Staged staged) implements StageNews {}
}
