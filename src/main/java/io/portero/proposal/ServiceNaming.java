package io.portero.proposal;

import java.util.Locale;
import java.util.Set;

/** Makes unique names for services and groups from program names. */
final class ServiceNaming {
    private static final int LENGTH = 24;

    private final Set<String> taken;

    /** @param taken the names in use; new names are added */
    ServiceNaming(Set<String> taken) {
        this.taken = taken;
    }

    String unique(String what) {
        var letters =
                what.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^[^a-z]+|-+$", "");
        var name = letters.isEmpty() ? "service" : letters.substring(0, Math.min(LENGTH, letters.length()));
        var unique = name.replaceAll("-+$", "");
        for (int i = 2; !taken.add(unique); i++) {
            unique = name + "-" + i;
        }
        return unique;
    }
}
