package io.portero.telephony;

import io.portero.policy.Ip;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An address and a port as configuration files write them: {@code 5060}, {@code 192.0.2.1}, {@code 192.0.2.1:5060},
 * {@code [2001:db8::1]:5060}, {@code localhost:5060}, {@code eth0:5060}.
 *
 * @param address empty for all addresses, and for a word that is no address, such as an interface or host name
 * @param port 0 if absent
 */
record Endpoint(Optional<Ip> address, int port) {
    static final Endpoint ANYWHERE = new Endpoint(Optional.empty(), 0);

    private static final Pattern NUMBER = Pattern.compile("\\d{1,5}");
    private static final Pattern BRACKETS = Pattern.compile("\\[([^]]*)](?::(\\d{1,5}))?");

    static Endpoint parse(String written) {
        var text = written.strip();
        var brackets = BRACKETS.matcher(text);
        if (brackets.matches()) {
            return new Endpoint(address(brackets.group(1)), number(brackets.group(2)));
        }
        if (NUMBER.matcher(text).matches()) {
            return new Endpoint(Optional.empty(), Integer.parseInt(text));
        }
        int colon = text.lastIndexOf(':');
        boolean bareV6 = text.indexOf(':') != colon;
        if (colon < 0 || bareV6) {
            return new Endpoint(address(text), 0);
        }
        return new Endpoint(address(text.substring(0, colon)), number(text.substring(colon + 1)));
    }

    Endpoint withPort(int other) {
        return new Endpoint(address, other);
    }

    static int number(@Nullable String digits) {
        return digits != null && NUMBER.matcher(digits.strip()).matches() ? Integer.parseInt(digits.strip()) : 0;
    }

    private static Optional<Ip> address(String word) {
        try {
            return Optional.of(Ip.parse(word.equals("localhost") ? "127.0.0.1" : word))
                    .filter(ip -> !ip.isUnspecified());
        } catch (Ip.NotAnAddress e) {
            return Optional.empty();
        }
    }
}
