package io.portero.telephony;

import io.portero.policy.PortRange;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The control ports of telephony programs, as configured. */
public final class Steering {
    private Steering() {}

    /** Each port with a description, such as {@code Asterisk AMI}. */
    public static Map<PortRange, String> of(List<Installation> voice) {
        var ports = new TreeMap<PortRange, String>();
        for (var installation : voice) {
            if (installation.running()) {
                installation.ports().stream()
                        .filter(p -> p.use() == Use.CONTROL)
                        .forEach(p -> ports.putIfAbsent(
                                p.ports(),
                                installation.program().title() + " " + p.what().replaceFirst("^its ", "")));
            }
        }
        return ports;
    }
}
