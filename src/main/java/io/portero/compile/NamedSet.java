package io.portero.compile;

import io.portero.policy.AddressSet;
import io.portero.policy.Family;

/** A named set of addresses of one family. */
public sealed interface NamedSet {
    /** What the sets with timeouts are called, without their family. */
    String BANNED = "banned";

    String REVOKED = "revoked";

    String name();

    Family family();

    /**
     * Single addresses that follow from the policy, many of them. nft 1.0.6 adds one to such a set in no time, where an
     * interval set of 100,000 members takes 0.8 seconds, and 0.12 more for each member that is taken out.
     */
    record Hosts(String name, Family family, AddressSet addresses) implements NamedSet {}

    /** Members that follow from the policy. */
    record Members(String name, Family family, AddressSet addresses) implements NamedSet {}

    /** Single addresses that come and go with timeouts, put there by commands and by other tools; never ours to take out. */
    record Timed(String name, Family family) implements NamedSet {}
}
