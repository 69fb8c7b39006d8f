package io.portero.policy;

import java.time.Instant;
import java.util.Comparator;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Something that stands for addresses which are written down elsewhere. */
public sealed interface Reference extends Comparable<Reference> {

    /** A file with one address, range or network a line; the path is absolute. */
    record ListFile(String path) implements Reference {
        public static final String PREFIX = "file:";

        @Override
        public String toString() {
            return PREFIX + path;
        }

        /** Written by hand: in a native executable the generated comparison of a record takes 140 microseconds. */
        @Override
        public boolean equals(@Nullable Object other) {
            return this == other || other instanceof ListFile that && path.equals(that.path);
        }

        @Override
        public int hashCode() {
            return path.hashCode();
        }
    }

    /**
     * A name in DNS, in lower case and without the last dot; one that begins with {@code _} names services (RFC 2782).
     */
    record HostName(String name) implements Reference {
        public static HostName of(String written) {
            var lower = written.toLowerCase(Locale.ROOT);
            return new HostName(lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower);
        }

        public boolean namesServices() {
            return name.startsWith("_");
        }

        @Override
        public String toString() {
            return name;
        }

        /** Written by hand: in a native executable the generated comparison of a record takes 140 microseconds. */
        @Override
        public boolean equals(@Nullable Object other) {
            return this == other || other instanceof HostName that && name.equals(that.name);
        }

        @Override
        public int hashCode() {
            return name.hashCode();
        }
    }

    /**
     * A list on the web.
     *
     * @param address the URL as the policy file writes it, without {@code url:}; a fragment is a JSON pointer. Path
     * and query may
     *     hold the key of a subscriber, so nobody but the owner of the policy is shown it whole
     */
    record UrlList(String address) implements Reference {
        public static final String PREFIX = "url:";

        @Override
        public String written() {
            return PREFIX + address;
        }

        /** The name that log, status and metrics know it by, which tells nothing that may be secret. */
        @Override
        public String toString() {
            return UrlName.of(address);
        }

        /** Written by hand: in a native executable the generated comparison of a record takes 140 microseconds. */
        @Override
        public boolean equals(@Nullable Object other) {
            return this == other || other instanceof UrlList that && address.equals(that.address);
        }

        @Override
        public int hashCode() {
            return address.hashCode();
        }
    }

    /**
     * Addresses that leave the policy by themselves; they stand for nobody once their time is over.
     *
     * @param note why they are there, empty for nothing
     */
    record Temporary(AddressRange range, Instant until, String note) implements Reference {
        boolean isOver(Instant now) {
            return !until.isAfter(now);
        }

        @Override
        public String toString() {
            return range + " until " + until + (note.isEmpty() ? "" : " (" + note + ")");
        }

        /** Written by hand: in a native executable the generated comparison of a record takes 140 microseconds. */
        @Override
        public boolean equals(@Nullable Object other) {
            return this == other
                    || other instanceof Temporary that
                            && range.equals(that.range)
                            && until.equals(that.until)
                            && note.equals(that.note);
        }

        @Override
        public int hashCode() {
            return Objects.hash(range, until, note);
        }
    }

    /** As the policy file writes it. */
    default String written() {
        return toString();
    }

    /** The text for people. */
    @Override
    String toString();

    @Override
    default int compareTo(Reference other) {
        return Comparator.comparing(Reference::written).compare(this, other);
    }
}
