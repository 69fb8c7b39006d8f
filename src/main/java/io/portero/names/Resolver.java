package io.portero.names;

import io.portero.policy.Reference.HostName;

/** The port to whoever knows the addresses of names. */
@FunctionalInterface
public interface Resolver {

    /** Waits for an answer, within a limit of its own. */
    Answer resolve(HostName name);
}
