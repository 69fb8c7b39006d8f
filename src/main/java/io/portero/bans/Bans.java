package io.portero.bans;

import io.portero.apply.Failure;
import io.portero.apply.Firewall;
import io.portero.apply.Firewall.Reading;
import io.portero.config.Loaded;
import io.portero.config.PolicyReader;
import io.portero.plan.TimedChange;
import io.portero.plan.TimedMember;
import io.portero.policy.Family;
import io.portero.policy.Ip;
import io.portero.policy.Policy;
import io.portero.safety.HostView;
import io.portero.safety.RememberedPeers;
import io.portero.state.AuditTrail;
import io.portero.state.LastGood;
import io.portero.state.StateDirectory;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Makes, lifts and lists bans by hand, whether or not the agent runs; each change is one run of nft. */
public final class Bans {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Firewall firewall;
    private final BanMemory memory;
    private final BanGuard guard;
    private final AuditTrail audit;
    private final LastGood lastGood;
    private final PolicyReader reader;
    private final Clock clock;

    public Bans(Firewall firewall, HostView host, PolicyReader reader, Path stateDirectory, Clock clock) {
        var state = new StateDirectory(stateDirectory);
        this.firewall = firewall;
        this.memory = new BanMemory(state, clock);
        this.guard = new BanGuard(host, new RememberedPeers(state, clock));
        this.audit = new AuditTrail(stateDirectory);
        this.lastGood = new LastGood(state);
        this.reader = reader;
        this.clock = clock;
    }

    /** What came of it. */
    public sealed interface Result {
        /** @param remark what could not be done besides, as a sentence */
        record Done(Optional<String> remark) implements Result {}

        /** It was so before. */
        record Unchanged() implements Result {}

        /** @param why a clause */
        record Objected(String why) implements Result {}

        record Failed(Failure failure) implements Result {}
    }

    /**
     * Bans an address, or makes its ban last as long as is said here.
     *
     * @param lasting none for a ban without an end
     * @param forced whether the guard is to be overruled
     * @param by who does it, or nothing
     */
    public Result ban(Path file, Ip address, Optional<Duration> lasting, boolean forced, String by) {
        if (!forced) {
            var objection = policy(file).flatMap(p -> guard.under(p).objection(address));
            if (objection.isPresent()) {
                audit.append(clock.instant(), entry("ban_refused", address, "why", objection.get(), "by", by));
                return new Result.Objected(objection.get());
            }
        }
        var now = clock.instant();
        var ban = Ban.made(address, lasting.map(now::plus), forced, by);
        var put = new TimedChange.Put(ban.set(), List.of(ban.member(now)));
        var result = banned(ban, put);
        if (result instanceof Result.Done) {
            var until = ban.until().map(Instant::toString).orElse("ever");
            audit.append(now, entry("ban", address, "until", until, "by", ban.by()));
        }
        return result;
    }

    private Result banned(Ban ban, TimedChange put) {
        var failure = new AtomicReference<@Nullable Optional<Failure>>();
        var remark = memory.change(PATIENCE, known -> {
            var failed = firewall.commit(List.of(put));
            failure.set(failed);
            return failed.isPresent() ? known : known.with(ban);
        });
        return ended(
                failure,
                remark,
                failed -> new Result.Failed(absent(failed, ban.set()).orElse(failed)),
                false);
    }

    /**
     * Lifts the ban of an address, whoever made it. It is forgotten also where nft does not do it; the agent then takes it out as
     * soon as it can.
     */
    public Result unban(Ip address) {
        var set = Ban.set(address.family());
        var failure = new AtomicReference<@Nullable Optional<Failure>>();
        var unchanged = new AtomicBoolean();
        var remark = memory.change(PATIENCE, known -> {
            unchanged.set(!known.bans().containsKey(address) && !holds(set, address));
            var failed = firewall.commit(List.of(new TimedChange.Take(set, List.of(address))))
                    .filter(f -> absent(f, set).isEmpty());
            failure.set(failed);
            return known.without(address, failed.isPresent());
        });
        var result = ended(failure, remark, Bans::owed, unchanged.get());
        if (result instanceof Result.Done) {
            audit.append(clock.instant(), entry("unban", address));
        }
        return result;
    }

    private boolean holds(String set, Ip address) {
        return firewall.members(set) instanceof Reading.Of<List<TimedMember>>(var members)
                && members.stream().anyMatch(m -> m.address().equals(address));
    }

    private static Result owed(Failure failure) {
        return new Result.Failed(new Failure(
                failure.kind(),
                failure.sentence() + "; the ban is forgotten, and the agent lifts it as soon as nft works again"));
    }

    private static Result ended(
            AtomicReference<@Nullable Optional<Failure>> ended,
            Optional<String> remark,
            Function<Failure, Result> failed,
            boolean unchanged) {
        var failure = ended.get();
        if (failure == null) {
            return new Result.Failed(new Failure(Failure.Kind.TIMEOUT, remark.orElse("nothing was done; try again")));
        }
        return failure.map(failed).orElseGet(() -> unchanged ? new Result.Unchanged() : new Result.Done(remark));
    }

    /** The file's, or the last one that was good: a ban must be possible whatever became of the file. */
    private Optional<Policy> policy(Path file) {
        return accepted(reader.read(file))
                .or(() -> lastGood.policy().flatMap(text -> accepted(reader.parse(LastGood.POLICY, text))));
    }

    private static Optional<Policy> accepted(Loaded loaded) {
        return loaded instanceof Loaded.Accepted accepted ? Optional.of(accepted.policy()) : Optional.empty();
    }

    /** nft words a missing set like any other missing thing. */
    private Optional<Failure> absent(Failure failure, String set) {
        return failure.kind() == Failure.Kind.REJECTED
                        && firewall.members(set) instanceof Reading.Failed<List<TimedMember>>(Failure absent)
                        && absent.kind() == Failure.Kind.REJECTED
                ? Optional.of(absent)
                : Optional.empty();
    }

    /** Those that the kernel holds, in the order of addresses. */
    public Reading<List<Ban>> list() {
        var bans = new TreeMap<Ip, Ban>();
        var now = clock.instant();
        for (var family : Family.values()) {
            switch (firewall.members(Ban.set(family))) {
                case Reading.Failed<List<TimedMember>>(Failure failure) -> {
                    return new Reading.Failed<>(failure);
                }
                case Reading.Of<List<TimedMember>>(List<TimedMember> members) ->
                    members.forEach(m -> bans.put(m.address(), Ban.found(m, now)));
            }
        }
        return new Reading.Of<>(List.copyOf(bans.values()));
    }

    private static Map<String, String> entry(String event, Ip address, String... keysAndValues) {
        var entry = new LinkedHashMap<String, String>();
        entry.put("event", event);
        entry.put("address", address.toString());
        for (int i = 0; i < keysAndValues.length; i += 2) {
            entry.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return entry;
    }
}
