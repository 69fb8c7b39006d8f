package io.portero.policy;

/** A named set of addresses. */
public record Group(String name, AddressSet addresses) {
    public Group {
        Name.valid(name);
    }
}
