package io.portero.config;

import io.portero.policy.PortRange;
import java.util.ArrayList;
import java.util.List;

/** Parses the ports of a service. */
final class PortsParser {
    private final PolicyDocument document;
    private final Findings findings;

    PortsParser(PolicyDocument document, Findings findings) {
        this.document = document;
        this.findings = findings;
    }

    List<PortRange> ports(String key, List<String> written) {
        var ports = new ArrayList<PortRange>();
        for (int i = 0; i < written.size(); i++) {
            try {
                ports.add(PortRange.parse(written.get(i)));
            } catch (PortRange.NotAPort e) {
                findings.error(
                        document.line(key + "[" + i + "]"),
                        key,
                        "\"" + PolicyDocument.printable(written.get(i)) + "\" is not a port: " + e.getMessage());
            }
        }
        if (written.isEmpty() && !findings.haveErrorBelow(key)) {
            findings.error(document.line(key), key, "a service needs at least one port, such as 443/tcp");
        }
        return ports;
    }
}
