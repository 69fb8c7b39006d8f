package io.portero.config;

import io.portero.policy.AddressRange;
import io.portero.policy.AddressSet;
import io.portero.policy.Explainer;
import io.portero.policy.Policy;
import io.portero.policy.PolicyTest;
import io.portero.policy.Reference.HostName;
import io.portero.policy.Service;
import io.portero.policy.Sources;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Says what is wrong with a policy, or may be, that no single line of its file shows. */
final class WholeChecks {
    private final PolicyDocument document;
    private final Findings findings;

    WholeChecks(PolicyDocument document, Findings findings) {
        this.document = document;
        this.findings = findings;
    }

    void warn(Policy policy) {
        warnOfUnknownNames(policy);
        warnOfEmptySources(policy);
        warnOfLimits(policy);
    }

    private void warnOfUnknownNames(Policy policy) {
        for (var name : unknownNames(policy)) {
            for (var place : policy.places(name)) {
                var key = policy.groups().containsKey(place) ? "groups." + place : place;
                findings.warning(
                        document.line(key), key, name + " has no known address; until it has, nobody is meant by it");
            }
        }
    }

    private static List<HostName> unknownNames(Policy policy) {
        return policy.names().entrySet().stream()
                .filter(e -> e.getValue().isEmpty())
                .map(Map.Entry::getKey)
                .toList();
    }

    private void warnOfEmptySources(Policy policy) {
        for (var service : policy.enabledServices()) {
            var key = service.fromKey();
            for (var group : service.from().groups()) {
                if (policy.group(group).addresses().equals(AddressSet.EMPTY)) {
                    findings.warning(document.line(key), key, "the group " + group + " is empty and admits nobody");
                }
            }
            if (service.from().equals(Sources.NOBODY)) {
                findings.warning(document.line(key), key, "nobody is admitted to " + service.name());
            }
        }
    }

    private void warnOfLimits(Policy policy) {
        for (var service : policy.enabledServices()) {
            if (service.management() && service.limit().isPresent()) {
                warning(
                        service.limitKey(),
                        "every packet of a session counts, not only its first, so that a low limit stops a login"
                                + (service.bans() && service.from().any()
                                        ? " and bans whoever exceeds it; name the operators in from to spare them"
                                        : ""));
            }
        }
    }

    private void warning(String key, String sentence) {
        findings.warning(document.line(key), key, sentence);
    }

    /** What only shows when the policy is taken as a whole. */
    void check(Policy policy) {
        if (policy.safety().lockoutGuard() && policy.enabledServices().stream().noneMatch(Service::management)) {
            error(
                    "services",
                    "no enabled service has management: true, so that nobody could come in to mend this"
                            + " host; mark the one that you log in by, or set safety.lockout-guard: false");
        }
        var explainer = new Explainer(policy);
        for (int i = 0; i < policy.tests().size(); i++) {
            var test = policy.tests().get(i);
            var found = explainer.explain(test);
            if (found.verdict() != test.expect() && couldStillHold(policy, test)) {
                findings.warning(
                        document.line("tests[" + i + "]"),
                        "tests[" + i + "]",
                        "whether " + test.from() + " to " + test.to() + " has the verdict "
                                + test.expect().word() + " shows only when all names have an address");
            } else if (found.verdict() != test.expect()) {
                error(
                        "tests[" + i + "]",
                        "expected " + test.expect().word() + " from " + test.from() + " to "
                                + test.to() + ", but the verdict is "
                                + found.verdict().word() + " by " + found.key() + ": "
                                + found.why());
            }
        }
    }

    /** Whether a test that fails would hold if names that have no known address stood for the right one. */
    private boolean couldStillHold(Policy policy, PolicyTest test) {
        var names = new HashMap<HostName, AddressSet>(policy.names());
        unknownNames(policy).forEach(name -> names.put(name, AddressSet.of(AddressRange.of(test.from()))));
        return new Explainer(policy.with(names)).explain(test).verdict() == test.expect();
    }

    private void error(String key, String sentence) {
        findings.error(document.line(key), key, sentence);
    }
}
