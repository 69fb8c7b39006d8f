package io.portero.fleet;

import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;

/** The lists that some bundles name; says which stored lists and differences of lists nothing needs any more. */
final class NamedLists {
    /** The form of {@link ListDelta#name}. */
    private static final int SHORT = 32;

    private static final Pattern WHOLE = Pattern.compile("[0-9a-f]{64}");
    private static final Pattern DIFFERENCE = Pattern.compile("[0-9a-f]{32}-[0-9a-f]{32}");

    /** The prefixes of the hashes, because the name of a difference contains only these. */
    private final Set<String> named = new HashSet<>();

    /** An invalid bundle names no list. */
    void add(byte[] bundle) {
        try {
            add(Bundle.parse(bundle));
        } catch (Refusal e) {
            // So it names nothing.
        }
    }

    void add(Bundle bundle) throws Refusal {
        Manifest.parse(bundle.signed()).lists().forEach(l -> named.add(l.hash().substring(0, SHORT)));
    }

    /** A difference is needed as long as its target list. An object with any other name is not ours. */
    boolean isUnnamed(String object) {
        if (WHOLE.matcher(object).matches()) {
            return !named.contains(object.substring(0, SHORT));
        }
        return DIFFERENCE.matcher(object).matches() && !named.contains(object.substring(SHORT + 1));
    }
}
