package io.portero.fleet;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The content of a YAML document as mappings, lists and words, independent of its notation. */
public sealed interface Tree {

    /** A mapping, in the order of the document. */
    record Mapping(Map<String, Tree> entries) implements Tree {
        public static final Mapping EMPTY = new Mapping(Map.of());

        public Mapping {
            entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
        }

        /** The mapping below a name; empty if there is none. */
        public Mapping below(String name) {
            return entries.get(name) instanceof Mapping mapping ? mapping : EMPTY;
        }

        /** The single word below a name. */
        public Optional<String> word(String name) {
            return entries.get(name) instanceof Word word ? Optional.of(word.text()) : Optional.empty();
        }

        /** The words below a name: those of a list, or a single one. */
        public List<String> words(String name) {
            return switch (entries.get(name)) {
                case Items items ->
                    items.items().stream()
                            .flatMap(i -> i instanceof Word word ? Optional.of(word.text()).stream() : null)
                            .toList();
                case Word word -> List.of(word.text());
                case Mapping mapping -> List.of();
                case Nothing nothing -> List.of();
                case null -> List.of();
            };
        }

        /** The same with another value below a name; removes the name if the value is empty. */
        public Mapping with(String name, @Nullable Tree below) {
            var next = new LinkedHashMap<>(entries);
            if (below == null) {
                next.remove(name);
            } else {
                next.put(name, below);
            }
            return new Mapping(next);
        }
    }

    /** A list. */
    record Items(List<Tree> items) implements Tree {
        public Items {
            items = List.copyOf(items);
        }
    }

    /** A single word, as written. */
    record Word(String text) implements Tree {}

    /** A key without a value. */
    record Nothing() implements Tree {}

    /** The same with each word replaced. */
    default Tree mapWords(UnaryOperator<String> change) {
        return switch (this) {
            case Mapping mapping -> {
                var next = new LinkedHashMap<String, Tree>();
                mapping.entries().forEach((name, below) -> next.put(name, below.mapWords(change)));
                yield new Mapping(next);
            }
            case Items items ->
                new Items(items.items().stream().map(i -> i.mapWords(change)).toList());
            case Word word -> new Word(change.apply(word.text()));
            case Nothing nothing -> nothing;
        };
    }
}
