package io.portero.telephony;

/** What a port of a telephony program is for. */
public enum Use {
    /** Signalling: SIP over UDP, TCP or TLS. */
    SIP,
    /** SIP over WebSocket, for browsers. */
    WEBSOCKET,
    /** The voice: RTP and RTCP, a pair of ports for each call. */
    MEDIA,
    /** Where clients ask a TURN server for a relay. */
    TURN,
    /** The tunnel that 3CX uses between its clients and the server. */
    TUNNEL,
    /** Steers the program; whoever reaches it can make calls, or worse. */
    CONTROL
}
