package io.portero.status;

import java.util.List;
import java.util.function.Function;

/** A list with its total count and only its first entries, so that a status stays small. */
public record Counted<E>(long count, List<E> first) {
    public Counted {
        first = List.copyOf(first);
    }

    static <E> Counted<E> of(List<E> all, int most) {
        return new Counted<>(all.size(), all.stream().limit(most).toList());
    }

    <T> Counted<T> map(Function<E, T> each) {
        return new Counted<>(count, first.stream().map(each).toList());
    }
}
