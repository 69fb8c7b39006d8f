package io.portero.policy;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A named set of addresses. */
public record Group(String name, Members members) {
    public Group {
        Name.valid(name);
    }

    /** With all addresses written out. */
    public Group(String name, AddressSet addresses) {
        this(name, Members.of(addresses));
    }

    public AddressSet addresses() {
        return members.addresses();
    }

    /** Written by hand: in a native executable the generated comparison of a record takes 140 microseconds. */
    @Override
    public boolean equals(@Nullable Object other) {
        return this == other || other instanceof Group that && name.equals(that.name) && members.equals(that.members);
    }

    @Override
    public int hashCode() {
        return Objects.hash(name, members);
    }
}
