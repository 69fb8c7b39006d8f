package io.portero.demo;

import io.portero.policy.PortRange;
import io.portero.policy.Protocol;
import io.portero.policy.Target;
import java.util.List;

/** A target on the host that clients try: a port with a listener, or ping. */
record Door(Target target, String what) {
    /** The port in the container to which the published port of the host leads. */
    static final int PUBLISHED = 9000;

    static final int INSIDE = 9001;
    static final int METRICS = 9090;

    static final List<Door> ALL = List.of(
            tcp(22, "ssh"),
            tcp(443, "https"),
            udp(20000, "webrtc, first port"),
            udp(30000, "webrtc, last port"),
            udp(5060, "sip"),
            udp(40000, "rtp, first port"),
            udp(50000, "rtp, last port"),
            tcp(METRICS, "prometheus (agent)"),
            tcp(3100, "loki (disabled)"),
            udp(19999, "below webrtc"),
            udp(30001, "above webrtc"),
            udp(39999, "below rtp"),
            udp(50001, "above rtp"),
            tcp(5432, "PostgreSQL"),
            tcp(7088, "Asterisk ARI"),
            tcp(PUBLISHED, "MinIO in container"),
            new Door(new Target.Ping(), ""));

    private static Door tcp(int port, String what) {
        return new Door(new Target.Port(new PortRange(Protocol.TCP, port, port)), what);
    }

    private static Door udp(int port, String what) {
        return new Door(new Target.Port(new PortRange(Protocol.UDP, port, port)), what);
    }

    /** Whether the demonstration listens here; the container and the agent have their own listeners. */
    boolean isAtHost() {
        return target instanceof Target.Port at && !isTcp(at, PUBLISHED) && !isTcp(at, METRICS);
    }

    private static boolean isTcp(Target.Port at, int port) {
        return at.port().protocol() == Protocol.TCP && at.port().first() == port;
    }

    static List<Target.Port> atHost() {
        return ALL.stream()
                .filter(Door::isAtHost)
                .map(Door::target)
                .map(Target.Port.class::cast)
                .toList();
    }
}
