package io.portero.cli;

/** Counts things in English. */
final class Plural {
    private Plural() {}

    static String of(long count, String thing) {
        return count + " " + thing + (count == 1 ? "" : thing.endsWith("s") ? "es" : "s");
    }
}
