package io.portero.policy;

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
}
