package io.portero.config;

import io.portero.policy.InterfacePattern;
import io.portero.policy.Ip;
import io.portero.policy.PolicyTest;
import io.portero.policy.PortRange;
import io.portero.policy.Target;
import io.portero.policy.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Parses the tests of a policy. */
final class TestsParser {
    private final PolicyDocument document;
    private final Findings findings;
    private final Words words;

    TestsParser(PolicyDocument document, Findings findings) {
        this.document = document;
        this.findings = findings;
        this.words = new Words(document, findings);
    }

    List<PolicyTest> tests(List<PolicyFile.TestKeys> written) {
        var tests = new ArrayList<PolicyTest>();
        for (int i = 0; i < written.size(); i++) {
            test("tests[" + i + "]", written.get(i)).ifPresent(tests::add);
        }
        return tests;
    }

    private Optional<PolicyTest> test(String key, PolicyFile.TestKeys keys) {
        return Boolean.parseBoolean(keys.outgoing()) ? outgoing(key, keys) : incoming(key, keys);
    }

    private Optional<Verdict> expected(String key, PolicyFile.TestKeys keys) {
        return words.required(key + ".expect", keys.expect(), "expect: accept")
                .map(w -> words.choice(key + ".expect", w, Verdict.class, Verdict.DROP));
    }

    private Optional<PolicyTest> incoming(String key, PolicyFile.TestKeys keys) {
        var from = words.required(key + ".from", keys.from(), "from: 203.0.113.9")
                .flatMap(w -> testAddress(key + ".from", w));
        var to = words.required(key + ".to", keys.to(), "to: 5060/udp").flatMap(w -> testTarget(key + ".to", w));
        var expect = expected(key, keys);
        var via = keys.via().filter(w -> isInterface(key, w));
        var at = keys.at().flatMap(w -> testAddress(key + ".at", w));
        if (from.isPresent()
                && at.isPresent()
                && from.get().family() != at.get().family()) {
            error(key + ".at", "from and at are of different families; write both in IPv4 or both in IPv6");
        }
        if (keys.port().isPresent()) {
            error(key + ".port", "port works only with outgoing: true; here the port belongs into to");
        }
        return from.isPresent() && to.isPresent() && expect.isPresent()
                ? Optional.of(new PolicyTest.Incoming(from.get(), to.get(), via, at, expect.get()))
                : Optional.empty();
    }

    private Optional<PolicyTest> outgoing(String key, PolicyFile.TestKeys keys) {
        var to = words.required(key + ".to", keys.to(), "to: 192.0.2.25").flatMap(w -> testAddress(key + ".to", w));
        var port =
                words.required(key + ".port", keys.port(), "port: 25/tcp").flatMap(w -> testTarget(key + ".port", w));
        var expect = expected(key, keys);
        var via = keys.via().filter(w -> isInterface(key, w));
        if (keys.from().isPresent()) {
            error(key + ".from", "an outgoing packet comes from this host; remove from");
        }
        if (keys.at().isPresent()) {
            error(key + ".at", "an outgoing packet goes to the address in to; remove at");
        }
        return to.isPresent() && port.isPresent() && expect.isPresent()
                ? Optional.of(new PolicyTest.Outgoing(to.get(), port.get(), via, expect.get()))
                : Optional.empty();
    }

    private boolean isInterface(String key, String word) {
        boolean named = InterfacePattern.isValid(word) && !word.endsWith("*");
        if (!named) {
            error(
                    key + ".via",
                    "\"" + PolicyDocument.printable(word) + "\" is not one interface; write its name, such as eth0");
        }
        return named;
    }

    private Optional<Ip> testAddress(String key, String word) {
        try {
            return Optional.of(Ip.parse(word));
        } catch (Ip.NotAnAddress e) {
            error(key, "\"" + PolicyDocument.printable(word) + "\" is not one address: " + e.getMessage());
            return Optional.empty();
        }
    }

    private Optional<Target> testTarget(String key, String word) {
        try {
            return Optional.of(Target.parse(word));
        } catch (PortRange.NotAPort e) {
            error(key, "\"" + PolicyDocument.printable(word) + "\" is not a port: " + e.getMessage());
            return Optional.empty();
        }
    }

    private void error(String key, String sentence) {
        findings.error(document.line(key), key, sentence);
    }
}
