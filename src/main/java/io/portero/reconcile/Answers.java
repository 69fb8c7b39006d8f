package io.portero.reconcile;

import io.portero.config.Outside;
import io.portero.lists.UrlLists;
import io.portero.names.NameCache;
import io.portero.policy.AddressSet;
import io.portero.policy.Reference;
import io.portero.policy.Reference.ListFile;
import java.util.HashMap;
import java.util.Map;

/** The current addresses of names and members of web lists, as far as they are known. */
record Answers(NameCache names, UrlLists urls) {
    Map<Reference, AddressSet> addresses() {
        var all = new HashMap<Reference, AddressSet>(names.addresses());
        all.putAll(urls.addresses());
        return all;
    }

    /** @param lists the last good content of list files */
    Outside outside(Map<ListFile, AddressSet> lists) {
        return Outside.keeping(lists, wanted -> names.addresses()).knowing(urls.addresses());
    }
}
