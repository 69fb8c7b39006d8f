package io.portero.bans;

import io.portero.apply.Failure;
import io.portero.apply.Firewall;
import io.portero.apply.Firewall.Reading;
import io.portero.config.Loaded;
import io.portero.config.PolicyReader;
import io.portero.plan.Step;
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
import java.util.function.UnaryOperator;
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
            var objection = policy(file).flatMap(p -> guard.objection(address, p));
            if (objection.isPresent()) {
                audit.append(clock.instant(), entry("ban_refused", address, "why", objection.get(), "by", by));
                return new Result.Objected(objection.get());
            }
        }
        var now = clock.instant();
        var ban = Ban.made(address, lasting.map(now::plus), forced, by);
        var put = new Step.PutTimed(ban.set(), List.of(ban.member(now)));
        var result = change(ban.set(), put, known -> with(known, ban));
        if (result instanceof Result.Done) {
            var until = ban.until().map(Instant::toString).orElse("ever");
            audit.append(now, entry("ban", address, "until", until, "by", ban.by()));
        }
        return result;
    }

    public Result unban(Ip address) {
        var set = Ban.set(address.family());
        var result = change(set, new Step.TakeTimed(set, List.of(address)), known -> without(known, address));
        if (result instanceof Result.Done) {
            audit.append(clock.instant(), entry("unban", address));
        }
        return result;
    }

    private Result change(String set, Step step, UnaryOperator<Map<Ip, Ban>> remembered) {
        var failure = new AtomicReference<@Nullable Optional<Failure>>();
        var unchanged = new AtomicBoolean();
        var remark = memory.change(PATIENCE, known -> {
            var failed = firewall.commit(List.of(step));
            failure.set(failed);
            var next = failed.isPresent() ? known.bans() : remembered.apply(known.bans());
            unchanged.set(next.equals(known.bans()));
            return next;
        });
        var ended = failure.get();
        if (ended == null) {
            return new Result.Failed(new Failure(Failure.Kind.TIMEOUT, remark.orElse("nothing was done; try again")));
        }
        if (ended.isPresent()) {
            return failed(ended.get(), set);
        }
        return unchanged.get() ? new Result.Unchanged() : new Result.Done(remark);
    }

    private static Map<Ip, Ban> with(Map<Ip, Ban> bans, Ban ban) {
        var more = new TreeMap<>(bans);
        more.put(ban.address(), ban);
        return more;
    }

    private static Map<Ip, Ban> without(Map<Ip, Ban> bans, Ip address) {
        var fewer = new TreeMap<>(bans);
        fewer.remove(address);
        return fewer;
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
    private Result failed(Failure failure, String set) {
        return failure.kind() == Failure.Kind.REJECTED
                        && firewall.members(set) instanceof Reading.Failed<List<TimedMember>>(Failure absent)
                ? new Result.Failed(absent)
                : new Result.Failed(failure);
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
