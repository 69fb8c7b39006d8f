package io.portero.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Examines whether the SIP helper of the kernel is in use. */
final class SipHelperExam {
    private static final List<String> MODULES = List.of("nf_conntrack_sip", "nf_nat_sip");
    private static final String FOR_ALL = "net.netfilter.nf_conntrack_helper";

    private SipHelperExam() {}

    /** A built-in module is no finding: it does nothing by itself and cannot be removed. */
    static List<Finding> of(HostState host) {
        var found = new ArrayList<Finding>();
        host.tables().sipHelpers().stream()
                .distinct()
                .forEach(h -> found.add(new CallFinding.SipHelperRule(h.where(), h.iptables())));
        var loaded = MODULES.stream().filter(host.kernel().modules()::contains).toList();
        boolean forAll = host.kernel().isOn(FOR_ALL);
        if (forAll) {
            found.add(new CallFinding.SipHelperForAll());
        }
        if (!loaded.isEmpty() && Stream.of(found).allMatch(List::isEmpty)) {
            found.add(new CallFinding.SipHelperLoaded(loaded));
        }
        return found;
    }
}
