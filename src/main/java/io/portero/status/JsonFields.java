package io.portero.status;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.function.Function;

/**
 * The fields of a JSON object, from which a record is made; used both to read an object and to learn its fields for
 * writing.
 */
sealed interface JsonFields<T> {
    <V> V of(String name, Function<T, V> get, JsonForm<V> form);

    /** A value that may be absent; it is then written as null. */
    <V> Optional<V> orNull(String name, Function<T, Optional<V>> get, JsonForm<V> form);

    /** A value that may be absent; it is then not written at all. */
    <V> Optional<V> ifAny(String name, Function<T, Optional<V>> get, JsonForm<V> form);

    /** Writes each field of a value into an object. */
    record Written<T>(T value, ObjectNode object) implements JsonFields<T> {
        @Override
        public <V> V of(String name, Function<T, V> get, JsonForm<V> form) {
            var field = get.apply(value);
            object.set(name, form.write().apply(field));
            return field;
        }

        @Override
        public <V> Optional<V> orNull(String name, Function<T, Optional<V>> get, JsonForm<V> form) {
            var field = get.apply(value);
            object.set(name, field.map(form.write()).orElseGet(object::nullNode));
            return field;
        }

        @Override
        public <V> Optional<V> ifAny(String name, Function<T, Optional<V>> get, JsonForm<V> form) {
            var field = get.apply(value);
            field.ifPresent(v -> object.set(name, form.write().apply(v)));
            return field;
        }
    }

    /** Reads each field of an object. */
    record Read<T>(JsonNode object) implements JsonFields<T> {
        @Override
        public <V> V of(String name, Function<T, V> get, JsonForm<V> form) {
            return form.read().apply(object.path(name));
        }

        @Override
        public <V> Optional<V> orNull(String name, Function<T, Optional<V>> get, JsonForm<V> form) {
            return Optional.ofNullable(object.get(name))
                    .filter(n -> !n.isNull())
                    .map(form.read());
        }

        @Override
        public <V> Optional<V> ifAny(String name, Function<T, Optional<V>> get, JsonForm<V> form) {
            return orNull(name, get, form);
        }
    }
}
