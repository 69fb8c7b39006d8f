package io.portero.nft;

import io.portero.compile.Ruleset;
import java.util.HashSet;
import java.util.Set;

/**
 * The tables of ours in the output of {@code nft -j list tables inet}.
 *
 * @param bridge whether a copy of the table exists beside it
 */
record OwnTables(Own own, boolean bridge) {
    /** The state of the main table. */
    enum Own {
        ABSENT,
        PLAIN,
        /** It is persistent, with or without an owner. */
        SEALED
    }

    static OwnTables read(String json) {
        var names = new HashSet<String>();
        var persistent = new HashSet<String>();
        Listing.objects(json, (kind, value) -> {
            var body = Listing.tree(value);
            if (kind.equals("table")) {
                var name = Listing.text(body, "family") + " " + Listing.text(body, "name");
                names.add(name);
                if (Listing.words(body.path("flags")).contains("persist")) {
                    persistent.add(name);
                }
            }
        });
        return new OwnTables(own(names, persistent), names.contains(ListedTable.BRIDGE));
    }

    private static Own own(Set<String> names, Set<String> persistent) {
        return !names.contains(Ruleset.TABLE)
                ? Own.ABSENT
                : persistent.contains(Ruleset.TABLE) ? Own.SEALED : Own.PLAIN;
    }
}
