package io.portero.doctor;

/** The port for reading the state of a host. */
@FunctionalInterface
public interface HostReading {

    /** Omits what cannot be read and names it in {@link HostState#unseen}. */
    HostState read();
}
