package io.portero.cli;

import io.portero.exposure.Exposure;
import io.portero.exposure.Interfaces;
import io.portero.exposure.Membership;
import java.util.List;

/**
 * Who can reach what on this host, with the further facts of the report.
 *
 * @param file the policy file
 * @param enforced whether the kernel drops what this policy refuses
 * @param trusted the names of the trusted uplinks
 * @param names the host names that services admit
 * @param memberships the multicast groups that programs have joined
 */
record Exposed(
        String file,
        Exposure exposure,
        List<String> notes,
        boolean enforced,
        List<String> trusted,
        List<AdmittedName> names,
        Interfaces interfaces,
        List<Membership> memberships) {}
