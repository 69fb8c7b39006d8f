package io.portero.stage;

/** News about the staged policy. */
public sealed interface StageNews {
    Staged staged();

    /** It judges live traffic from now on. */
    record Began(Staged staged) implements StageNews {}

    /** It now counts for other services, because a policy has changed. */
    record Renewed(Staged staged) implements StageNews {}

    /**
     * It has ended.
     *
     * @param why a clause
     */
    record Ended(Staged staged, String why) implements StageNews {}

    /** The kernel refuses it; its problem says why. The agent retries. */
    record Failing(Staged staged) implements StageNews {}

    /** The kernel accepts it again. */
    record Recovered(Staged staged) implements StageNews {}
}
