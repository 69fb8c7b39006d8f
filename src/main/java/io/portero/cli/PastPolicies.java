package io.portero.cli;

import io.portero.config.Loaded;
import io.portero.config.Outside;
import io.portero.config.PolicyReader;
import io.portero.names.NamesAtOnce;
import io.portero.policy.Policy;
import io.portero.safety.Probation;
import io.portero.state.KeptNames;
import io.portero.state.PastPolicy;
import io.portero.state.PolicyHistory;
import io.portero.state.StateDirectory;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The policies that were in force, as commands read them. */
final class PastPolicies {
    private static final int SHORTEST_DIGEST = 4;
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");

    private final Tools tools;
    private final Path stateDirectory;
    private final PolicyHistory history;
    private final List<PastPolicy> entries;

    PastPolicies(Tools tools, Path stateDirectory) {
        this.tools = tools;
        this.stateDirectory = stateDirectory;
        this.history = new PolicyHistory(stateDirectory);
        this.entries = history.entries();
    }

    /** Thrown for a policy that is not available; the message is a sentence that says what to do. */
    static final class NotKept extends Exception {
        NotKept(String why) {
            super(why, null, false, false);
        }
    }

    /** All of them, the newest last. */
    List<PastPolicy> all() {
        return entries;
    }

    List<PastPolicy> required() throws NotKept {
        if (entries.isEmpty()) {
            throw new NotKept("no policy is stored in " + stateDirectory + ": none has been in force since this version"
                    + " was installed, or you may not read the directory; run as root");
        }
        return entries;
    }

    /** Finds a policy by its number, or by the beginning of the digest that audit and status show. */
    PastPolicy find(String word) throws NotKept {
        for (var entry : required().reversed()) {
            if (String.valueOf(entry.number()).equals(word)
                    || word.length() >= SHORTEST_DIGEST && entry.digest().startsWith(word)) {
                return entry;
            }
        }
        throw new NotKept("\"" + word + "\" is not a stored policy; portero history lists them by number and digest");
    }

    PolicyHistory.Content content(PastPolicy entry) throws NotKept {
        return history.content(entry)
                .orElseThrow(() -> new NotKept("the text of policy " + entry.number() + " is gone from "
                        + stateDirectory + ", or you may not read it; run as root"));
    }

    /** The policy with its members and lists of that time, and with the current addresses of its names. */
    Policy policy(PastPolicy entry) throws NotKept {
        var content = content(entry);
        var outside = Outside.keeping(content.lists(), names());
        var then = new PolicyReader(Clock.fixed(entry.at(), ZoneOffset.UTC));
        if (then.parse("policy " + entry.number(), content.policy(), outside) instanceof Loaded.Accepted accepted) {
            return accepted.policy();
        }
        throw new NotKept("policy " + entry.number() + " can no longer be read by this version; portero restore "
                + entry.number() + " says why");
    }

    /** The addresses of names: those that the agent knows, otherwise from DNS. */
    Outside.Names names() {
        return new NamesAtOnce(KeptNames.readOnly(new StateDirectory(stateDirectory)), tools.resolver(), false)
                ::addresses;
    }

    boolean isNewest(PastPolicy entry) {
        return entry.number() == entries.getLast().number();
    }

    boolean wasRolledBack(PastPolicy entry) {
        return switch (end(entry).orElse(Probation.End.SUPERSEDED)) {
            case EXPIRED, ROLLED_BACK_BY_COMMAND -> true;
            case CONFIRMED_BY_COMMAND, CONFIRMED_BY_CONNECTION, SUPERSEDED -> false;
        };
    }

    private static Optional<Probation.End> end(PastPolicy entry) {
        return Arrays.stream(Probation.End.values())
                .filter(end -> end.word().equals(entry.end()))
                .findFirst();
    }

    /** Its state, in words. */
    String state(PastPolicy entry) {
        var probation = entry.end().equals(PastPolicy.ON_PROBATION)
                ? Optional.of(isNewest(entry) ? "on probation" : "never confirmed")
                : end(entry).map(end -> switch (end) {
                    case CONFIRMED_BY_COMMAND -> "confirmed by command";
                    case CONFIRMED_BY_CONNECTION -> "confirmed by a new connection";
                    case SUPERSEDED -> "replaced before it was confirmed";
                    case EXPIRED -> "rolled back: not confirmed in time";
                    case ROLLED_BACK_BY_COMMAND -> "rolled back by command";
                });
        return Stream.concat(isNewest(entry) ? Stream.of("in force") : Stream.of(), probation.stream())
                .collect(Collectors.joining(", "));
    }

    /** The time in the time zone of this host, to the second. */
    static String time(Instant at) {
        return TIME.format(at.atZone(ZoneId.systemDefault()));
    }
}
