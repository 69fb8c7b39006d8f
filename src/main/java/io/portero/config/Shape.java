package io.portero.config;

import java.util.Map;

/** The kind of YAML node that each key of a policy file expects. */
sealed interface Shape {
    /** The whole file; a test compares it with {@link PolicyFile}. */
    Section FILE = new Section(Map.of(
            "mode", new Word(),
            "groups",
                    new Named(new Members(
                            new Section(Map.of("address", new Word(), "until", new Word(), "note", new Word())))),
            "services",
                    new Named(new Section(Map.of(
                            "ports", new Words(),
                            "from", new Words(),
                            "on", new Words(),
                            "to", new Words(),
                            "enabled", new Truth(),
                            "management", new Truth(),
                            "on-revoke", new WordOr(new Section(Map.of("drain", new Word()))),
                            "limit", new Section(Map.of("rate", new Word(), "burst", new Word(), "ban", new Word()))))),
            "outgoing",
                    new Section(Map.of(
                            "default",
                            new Word(),
                            "services",
                            new Named(new Section(Map.of(
                                    "ports",
                                    new Words(),
                                    "to",
                                    new Words(),
                                    "on",
                                    new Words(),
                                    "enabled",
                                    new Truth()))),
                            "refuse",
                            new Named(new Section(Map.of(
                                    "ports",
                                    new Words(),
                                    "to",
                                    new Words(),
                                    "on",
                                    new Words(),
                                    "enabled",
                                    new Truth()))))),
            "deny", new Words(),
            "ping", new Words(),
            "trusted-interfaces", new Words(),
            "tests",
                    new Items(new Section(Map.of(
                            "from",
                            new Word(),
                            "to",
                            new Word(),
                            "via",
                            new Word(),
                            "at",
                            new Word(),
                            "port",
                            new Word(),
                            "outgoing",
                            new Truth(),
                            "expect",
                            new Word()))),
            "safety",
                    new Section(Map.of(
                            "lockout-guard",
                            new Truth(),
                            "confirm",
                            new Word(),
                            "confirm-within",
                            new Word(),
                            "trust-uplink",
                            new Truth())),
            "agent",
                    new Section(Map.of(
                            "reconcile-interval",
                            new Word(),
                            "max-stale",
                            new Word(),
                            "sealed",
                            new Word(),
                            "nft",
                            new Word(),
                            "metrics",
                            new Section(Map.of("host", new Word(), "port", new Word()))))));

    /** A mapping with fixed keys. */
    record Section(Map<String, Shape> keys) implements Shape {}

    /** A mapping with names that the user chooses. */
    record Named(Shape value) implements Shape {}

    /** A list of sections. */
    record Items(Section item) implements Shape {}

    /** A list of words; a single word counts as a list with one word. */
    record Words() implements Shape {}

    /** A list of words; instead of a word, a mapping can contain the word at {@code address} and additional values. */
    record Members(Section more) implements Shape {
        static final String WORD = "address";
    }

    /** A single word. */
    record Word() implements Shape {}

    /** A single word, or a word with an additional value, for example {@code drain}, or {@code drain: 2h} in braces. */
    record WordOr(Section more) implements Shape {}

    /** {@code true} or {@code false}. */
    record Truth() implements Shape {}
}
