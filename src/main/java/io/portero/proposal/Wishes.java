package io.portero.proposal;

import java.util.List;

/** Whom the operator names, each a word as a group of the policy has it; empty where he names nobody. */
public record Wishes(List<String> admins, List<String> itsp, List<String> monitoring) {
    public Wishes {
        admins = List.copyOf(admins);
        itsp = List.copyOf(itsp);
        monitoring = List.copyOf(monitoring);
    }
}
