package io.portero.doctor;

/** The port to a host that is to be examined. */
@FunctionalInterface
public interface HostReading {

    /** What cannot be read is left out and named in {@link HostState#unseen}. */
    HostState read();
}
