package io.portero.lab;

/** What somebody outside learns of a port by trying it. */
public enum Reach {
    /** The connection was taken, or the datagram answered. */
    OPEN,
    /** The host said that there is nothing: the packet arrived, and nobody listens. */
    REFUSED,
    /** Nothing came back. */
    SILENT;

    public boolean arrived() {
        return this != SILENT;
    }
}
