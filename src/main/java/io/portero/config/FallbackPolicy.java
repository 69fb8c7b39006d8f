package io.portero.config;

import io.portero.policy.Confirm;
import io.portero.policy.InterfacePattern;
import io.portero.policy.Mode;
import io.portero.policy.OnRevoke;
import io.portero.policy.Policy;
import io.portero.policy.PortRange;
import io.portero.policy.Protocol;
import io.portero.policy.Safety;
import io.portero.policy.Service;
import io.portero.policy.Sources;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;

/** The policy when no other policy exists: the host is closed, except for ssh from everywhere. */
public final class FallbackPolicy {
    private static final int SSH = 22;

    private FallbackPolicy() {}

    /** @param sshPorts the ports of sshd; port 22 if they are unknown */
    public static Loaded.Accepted of(Collection<Integer> sshPorts) {
        var ports = (sshPorts.isEmpty() ? List.of(SSH) : sshPorts)
                .stream().map(p -> new PortRange(Protocol.TCP, p, p)).toList();
        var services = new TreeMap<String, Service>();
        services.put("ssh", new Service("ssh", ports, Sources.ANY, true, true, OnRevoke.CUT));
        var policy = new Policy(
                Mode.ENFORCE,
                Collections.emptySortedMap(),
                services,
                Sources.NOBODY,
                Sources.NOBODY,
                new TreeSet<>(List.of(new InterfacePattern("lo"))),
                List.of(),
                new Safety(true, Confirm.NEVER, Safety.DEFAULT.confirmWithin()));
        return new Loaded.Accepted(policy, AgentSettings.DEFAULT, "", List.of());
    }
}
