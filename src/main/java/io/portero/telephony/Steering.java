package io.portero.telephony;

import io.portero.policy.PortRange;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The ports by which telephony programs are steered, wherever they are set to be. */
public final class Steering {
    private Steering() {}

    /** Each port with the program and what it is, such as {@code Asterisk AMI}. */
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
