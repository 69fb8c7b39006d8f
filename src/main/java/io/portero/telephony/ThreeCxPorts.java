package io.portero.telephony;

import io.portero.policy.Protocol;
import io.portero.telephony.PortsFound.Place;
import java.util.List;

/** The default ports of 3CX, from its documentation; changes are in its database, which is not read. */
final class ThreeCxPorts {
    static final List<ConfiguredPorts> DEFAULT = usual();

    private ThreeCxPorts() {}

    private static List<ConfiguredPorts> usual() {
        var found = new PortsFound();
        var place = Place.byDefault("");
        found.add(Use.SIP, Protocol.UDP, Endpoint.ANYWHERE, 5060, "SIP", place);
        found.add(Use.SIP, Protocol.TCP, Endpoint.ANYWHERE, 5060, "SIP", place);
        found.add(Use.SIP, Protocol.TCP, Endpoint.ANYWHERE, 5061, "SIP over TLS", place);
        found.add(Use.TUNNEL, Protocol.TCP, Endpoint.ANYWHERE, 5090, "the 3CX tunnel", place);
        found.add(Use.TUNNEL, Protocol.UDP, Endpoint.ANYWHERE, 5090, "the 3CX tunnel", place);
        found.media(9000, 10999, "RTP", place);
        return List.copyOf(found.all());
    }
}
