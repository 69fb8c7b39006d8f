package io.portero.names;

import io.portero.policy.Reference.HostName;

/** The port to a resolver of host names. */
@FunctionalInterface
public interface Resolver {

    /** Resolves a name; has its own time limit. */
    Answer resolve(HostName name);
}
