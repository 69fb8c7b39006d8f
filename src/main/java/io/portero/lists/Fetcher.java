package io.portero.lists;

import io.portero.policy.Reference.UrlList;

/** The port to the web. */
@FunctionalInterface
interface Fetcher {

    /**
     * Waits for an answer, within a limit of its own.
     *
     * @param known of what is known already; none to have it all
     */
    Fetched fetch(UrlList list, Validators known);
}
