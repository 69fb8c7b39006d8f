package io.portero.policy;

import java.util.Comparator;

/** Something that stands for addresses which are written down elsewhere. */
public sealed interface Reference extends Comparable<Reference> {

    /** A file with one address, range or network a line; the path is absolute. */
    record ListFile(String path) implements Reference {
        public static final String PREFIX = "file:";

        @Override
        public String toString() {
            return PREFIX + path;
        }
    }

    /** As the policy file writes it. */
    @Override
    String toString();

    @Override
    default int compareTo(Reference other) {
        return Comparator.comparing(Reference::toString).compare(this, other);
    }
}
