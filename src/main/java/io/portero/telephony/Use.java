package io.portero.telephony;

/** The purpose of a port of a telephony program. */
public enum Use {
    /** Signalling: SIP over UDP, TCP or TLS. */
    SIP,
    /** SIP over WebSocket, for browsers. */
    WEBSOCKET,
    /** The voice: RTP and RTCP, a pair of ports for each call. */
    MEDIA,
    /** TURN: clients request a relay. */
    TURN,
    /** The tunnel that 3CX uses between its clients and the server. */
    TUNNEL,
    /** A control port: anybody who reaches it can make calls, or do worse. */
    CONTROL
}
