package io.portero.config;

import io.portero.policy.AddressSet;
import io.portero.policy.Explainer;
import io.portero.policy.Family;
import io.portero.policy.OutgoingNeeds;
import io.portero.policy.Policy;
import io.portero.policy.Reference;
import io.portero.policy.Service;
import io.portero.policy.Sources;
import java.util.Arrays;

/** Finds problems that need the whole policy, not only one line. */
final class WholeChecks {
    private final PolicyDocument document;
    private final Findings findings;
    private final Unanswered unanswered;

    WholeChecks(PolicyDocument document, Findings findings, Unanswered unanswered) {
        this.document = document;
        this.findings = findings;
        this.unanswered = unanswered;
    }

    void warn(Policy policy) {
        unanswered.warn(policy, document, findings);
        warnOfNamesInDeny(policy);
        warnOfEmptySources(policy);
        warnOfTheLastToLeave(policy);
        warnOfLimits(policy);
        warnOfEntrances(policy);
        OutgoingNeeds.of(policy).forEach(need -> warning("outgoing.default", need.sentence()));
        warnOfEmptyDestinations(policy);
    }

    /** No guard looks at the answers: a refused answer would not bring the old addresses back. */
    private void warnOfNamesInDeny(Policy policy) {
        policy.names().keySet().stream()
                .filter(name -> policy.places(name).stream().anyMatch(place -> Unanswered.denies(policy, place)))
                .forEach(name -> warning(
                        "deny",
                        "whoever answers for the name " + name
                                + " decides who is denied, and could choose your address;"
                                + " write addresses, or use a list"));
    }

    private void warnOfEmptyDestinations(Policy policy) {
        for (var service : policy.outgoing().enabled()) {
            for (var group : service.to().groups()) {
                if (policy.group(group).addresses().isEmpty()) {
                    warning(
                            policy.outgoing().key(service) + ".to",
                            "the group " + group + " is empty and matches nobody");
                }
            }
        }
    }

    private void warnOfEntrances(Policy policy) {
        for (var service : policy.enabledServices()) {
            for (var pattern : service.entrance().on()) {
                policy.trust(pattern.text())
                        .ifPresent(trusted -> warning(
                                service.onKey(),
                                "trusted-interfaces has " + trusted + ", so everything that comes in by " + pattern
                                        + " passes, from every source"));
            }
            var to = service.entrance().to();
            var from = service.from().addresses(policy.groups());
            boolean possible = Arrays.stream(Family.values())
                    .anyMatch(f -> !to.only(f).isEmpty() && !from.only(f).isEmpty());
            if (!to.isEmpty() && !from.isEmpty() && !possible) {
                warning(
                        service.toKey(),
                        "nobody reaches " + service.name()
                                + ": from has only addresses of one family, and to only addresses of the other");
            }
        }
    }

    private void warnOfEmptySources(Policy policy) {
        for (var service : policy.enabledServices()) {
            var key = service.fromKey();
            for (var group : service.from().groups()) {
                if (policy.group(group).addresses().equals(AddressSet.EMPTY)) {
                    findings.warning(document.line(key), key, "the group " + group + " is empty and admits nobody");
                }
            }
            if (service.from().equals(Sources.NOBODY) && !findings.haveErrorBelow(key)) {
                findings.warning(document.line(key), key, "nobody is admitted to " + service.name());
            }
        }
    }

    /** No guard looks at it when they leave: their time was written into the policy. */
    private void warnOfTheLastToLeave(Policy policy) {
        var times = policy.temporary().keySet().stream()
                .map(Reference.Temporary::until)
                .sorted()
                .toList();
        if (times.isEmpty() || !isManageable(policy) || isManageable(policy.at(times.getLast()))) {
            return;
        }
        times.stream()
                .filter(time -> !isManageable(policy.at(time)))
                .findFirst()
                .ifPresent(time -> warning(
                        "groups",
                        "from " + time + " on nobody is admitted to a service with management: true, because all"
                                + " sources leave by then; add a source without until"));
    }

    private static boolean isManageable(Policy policy) {
        return policy.enabledServices().stream()
                .filter(Service::management)
                .anyMatch(s -> !s.from().addresses(policy.groups()).isEmpty());
    }

    private void warnOfLimits(Policy policy) {
        for (var service : policy.enabledServices()) {
            if (service.management() && service.limit().isPresent()) {
                warning(
                        service.limitKey(),
                        "the limit counts every packet of a session, not only the first, so a low limit stops a login"
                                + (service.bans() && service.from().any()
                                        ? " and bans the source; name the operators in from, so that they are"
                                                + " never banned"
                                        : ""));
            }
        }
    }

    private void warning(String key, String sentence) {
        findings.warning(document.line(key), key, sentence);
    }

    void check(Policy policy) {
        if (policy.safety().lockoutGuard() && policy.enabledServices().stream().noneMatch(Service::management)) {
            error(
                    "services",
                    "no enabled service has management: true, so nobody could log in to repair this host; add"
                            + " it to the service that you log in by, or set safety.lockout-guard: false");
        }
        var explainer = new Explainer(policy);
        for (int i = 0; i < policy.tests().size(); i++) {
            var test = policy.tests().get(i);
            var found = explainer.explain(test);
            if (found.verdict() != test.expect() && unanswered.couldFulfil(policy, test)) {
                findings.warning(
                        document.line("tests[" + i + "]"),
                        "tests[" + i + "]",
                        "the test of the packet " + test.inWords() + " (expect: "
                                + test.expect().word() + ")"
                                + " cannot be decided: it depends on names without an address, lists that"
                                + " were never fetched, or members whose time is over");
            } else if (found.verdict() != test.expect()) {
                error(
                        "tests[" + i + "]",
                        "expected " + test.expect().word() + " " + test.inWords() + ", but the verdict is "
                                + found.verdict().word() + " by " + found.key() + ": "
                                + found.why());
            }
        }
    }

    private void error(String key, String sentence) {
        findings.error(document.line(key), key, sentence);
    }
}
