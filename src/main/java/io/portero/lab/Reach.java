package io.portero.lab;

/** What a client outside learns about a port by trying it. */
public enum Reach {
    /** The connection was accepted, or the datagram answered. */
    OPEN,
    /** The host refused: the packet arrived, but nothing listens. */
    REFUSED,
    /** Nothing came back. */
    SILENT;

    public boolean arrived() {
        return this != SILENT;
    }
}
