package io.portero.status;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.function.Function;

/** The fields of an object, from which a record is made: while it is read and, to learn of its fields, while it is written. */
sealed interface JsonFields<T> {
    <V> V of(String name, Function<T, V> get, JsonForm<V> form);

    /** A value that may be absent, which is written as null. */
    <V> Optional<V> orNull(String name, Function<T, Optional<V>> get, JsonForm<V> form);

    /** A value that may be absent, and then is not written at all. */
    <V> Optional<V> ifAny(String name, Function<T, Optional<V>> get, JsonForm<V> form);

    /** Puts each field of a value into an object. */
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

    /** Takes each field out of an object. */
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
