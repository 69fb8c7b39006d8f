package io.portero.names;

import io.portero.policy.Family;
import io.portero.policy.Ip;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Creates DNS answers for tests. */
public final class Answers {
    private Answers() {}

    public static Answer good(Duration ttl, String... addresses) {
        return new Answer(ips(addresses), Map.of(), ttl);
    }

    public static Answer failed() {
        return Answer.failed("10.0.0.53 does not answer");
    }

    static Answer half(Family failed, String... addresses) {
        return new Answer(ips(addresses), Map.of(failed, "10.0.0.53 says SERVFAIL"), Duration.ofMinutes(1));
    }

    private static Set<Ip> ips(String... addresses) {
        return Arrays.stream(addresses).map(Answers::ip).collect(Collectors.toSet());
    }

    private static Ip ip(String text) {
        try {
            return Ip.parse(text);
        } catch (Ip.NotAnAddress e) {
            throw new IllegalArgumentException(text, e);
        }
    }
}
