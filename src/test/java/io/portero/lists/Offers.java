package io.portero.lists;

import io.portero.policy.Addresses;
import io.portero.policy.Reference.UrlList;
import java.util.Optional;

/** Simulated answers of web servers, for tests in other packages. */
public final class Offers {
    private static int version;

    private Offers() {}

    /** The server has sent the list with these members. */
    public static void fetched(UrlLists lists, UrlList list, String... members) {
        var validators = new Validators(Optional.of("\"" + ++version + "\""), Optional.empty());
        lists.learn(list, new Fetched.Content(Addresses.of(members), 100, validators));
    }

    /** The list is unchanged. */
    public static void unchanged(UrlLists lists, UrlList list) {
        lists.learn(list, new Fetched.Unchanged());
    }

    public static void failed(UrlLists lists, UrlList list) {
        lists.learn(list, Fetched.Failed.because("the server answers 500 (it fails)"));
    }
}
