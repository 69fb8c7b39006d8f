package io.portero.lists;

import io.portero.policy.Reference.UrlList;

/** The port to the web servers of lists. */
@FunctionalInterface
interface Fetcher {

    /**
     * Fetches a list; has its own time limit.
     *
     * @param known the validators of the known members; none to fetch the whole list
     */
    Fetched fetch(UrlList list, Validators known);
}
