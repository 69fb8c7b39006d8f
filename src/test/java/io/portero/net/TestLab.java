package io.portero.net;

import io.portero.apply.Applier;
import io.portero.apply.Firewall.Count;
import io.portero.apply.Firewall.Reading;
import io.portero.apply.Outcome;
import io.portero.compile.PolicyCompiler;
import io.portero.config.Loaded;
import io.portero.config.PolicyReader;
import io.portero.exec.Command;
import io.portero.exec.CommandResult;
import io.portero.exec.CommandRunner;
import io.portero.lab.CannotBuild;
import io.portero.lab.Lab;
import io.portero.lab.Place;
import io.portero.lab.Self;
import io.portero.nft.CommitListener;
import io.portero.nft.NftFirewall;
import io.portero.nft.NftHealth;
import io.portero.nft.NftProgram;
import io.portero.nft.NftStage;
import io.portero.nft.Sealing;
import io.portero.plan.IntervalSets;
import io.portero.plan.KnownRules;
import io.portero.plan.Planner;
import io.portero.plan.Snapshot;
import io.portero.policy.Ip;
import io.portero.policy.Policy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** A lab whose host is guarded by this process: policies go in, packets tell. */
final class TestLab implements AutoCloseable {
    /** For what must get through; it is over as soon as it did. */
    static final Duration PATIENCE = Duration.ofSeconds(10);
    /** For what must not; on veth an answer takes a tenth of a millisecond. */
    static final Duration A_MOMENT = Duration.ofMillis(500);

    final Lab lab;
    /** With {@code -Dlab.sealed=NFT} the table is one that this nft owns. */
    private final Optional<Sealing> sealing;

    final NftFirewall firewall;
    final NftStage stage;
    /** As the kernel has it, unless a test says otherwise. */
    private Optional<IntervalSets> intervals = Optional.empty();

    private TestLab(Lab lab) {
        this.lab = lab;
        var runner = patient(lab.at(Place.HOST));
        var sealed = System.getProperty("lab.sealed", "");
        this.sealing = Optional.of(sealed).filter(nft -> !nft.isEmpty()).map(nft -> sealing(lab, runner, nft));
        this.firewall = sealing.map(owner -> firewall(owner, NftProgram.only(runner, sealed)))
                .orElseGet(() -> new NftFirewall(runner));
        var program = NftProgram.only(runner, "nft");
        this.stage = new NftStage(runner, program, new NftHealth(program, System::nanoTime));
    }

    private static Sealing sealing(Lab lab, CommandRunner runner, String nft) {
        var before = List.of("ip", "netns", "exec", lab.namespace(Place.HOST));
        return new Sealing(runner, NftProgram.only(runner, nft), before, lab.directory(), pid -> {}, System::nanoTime);
    }

    private static NftFirewall firewall(Sealing owner, NftProgram nft) {
        var health = new NftHealth(nft, System::nanoTime);
        return new NftFirewall(owner, nft, health, CommitListener.NOBODY);
    }

    /** Gives programs {@code -Dlab.patience} times as long as the agent does; an emulated processor needs it. */
    private static CommandRunner patient(CommandRunner runner) {
        int factor = Integer.getInteger("lab.patience", 1);
        return command -> runner.run(
                new Command(command.words(), command.input(), command.timeout().multipliedBy(factor)));
    }

    /** Skips the test where namespaces are not allowed, except in CI, where that is a failure. */
    static TestLab build(Place... manned) {
        try {
            var lab = new TestLab(Lab.buildWithContainer());
            lab.lab.man(Self.find(), List.of(manned));
            return lab;
        } catch (CannotBuild e) {
            if ("true".equals(System.getenv("CI"))) {
                throw new AssertionError("network namespaces are needed in CI", e);
            }
            return Assumptions.abort("no network namespaces here: " + e.getMessage());
        }
    }

    static Policy example(String name) {
        try {
            return policy(Files.readString(Path.of("packaging/examples", name)));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    static Policy policy(String text) {
        return switch (new PolicyReader().parse("policy.yaml", text)) {
            case Loaded.Accepted accepted -> accepted.policy();
            case Loaded.Refused refused -> throw new AssertionError(refused.problems() + "\n" + text);
        };
    }

    boolean isSealed() {
        return sealing.isPresent();
    }

    /** From now on sets of intervals change as if this were another kernel. */
    void change(IntervalSets how) {
        intervals = Optional.of(how);
    }

    /** Brings the kernel from whatever it holds to this policy, as the agent does. */
    void enforce(Policy policy) {
        var plan = Planner.plan(
                PolicyCompiler.compile(policy),
                snapshot(),
                KnownRules.NONE,
                intervals.orElseGet(firewall::intervalSets));
        var outcome = new Applier(firewall).apply(plan);
        if (outcome instanceof Outcome.Failed failed) {
            throw new AssertionError(failed.failure().sentence());
        }
    }

    private Snapshot snapshot() {
        return switch (firewall.read()) {
            case Reading.Of<Snapshot>(var snapshot) -> snapshot;
            case Reading.Failed<Snapshot>(var failure) -> throw new AssertionError(failure.sentence());
        };
    }

    /** Runs {@code ip} with these words. */
    void ip(Place place, String words) {
        run(place, Stream.concat(Stream.of("ip"), Stream.of(words.split(" "))).toArray(String[]::new));
    }

    /** Loads a script for nft. */
    void nft(Place place, String script) {
        succeed(lab.at(place).run(new Command(List.of("nft", "-f", "-"), script, PATIENCE)));
    }

    void run(Place place, String... words) {
        succeed(lab.run(place, words));
    }

    private static void succeed(CommandResult result) {
        if (!(result instanceof CommandResult.Completed done && done.succeeded())) {
            throw new AssertionError(result.toString());
        }
    }

    boolean succeeds(Place place, String... words) {
        return lab.run(place, words) instanceof CommandResult.Completed done && done.succeeded();
    }

    String output(Place place, String... words) {
        return lab.run(place, words) instanceof CommandResult.Completed done ? done.output() : "";
    }

    /** How many packets were dropped for this reason so far. */
    long dropped(String reason) {
        return switch (firewall.counters()) {
            case Reading.Of<Map<String, Count>>(var counts) ->
                counts.get("dropped_" + reason).packets();
            case Reading.Failed<Map<String, Count>>(var failure) -> throw new AssertionError(failure.sentence());
        };
    }

    /** Changes datagrams on their way out of a place, for protocols that Java does not speak. */
    void disguise(Place place, String rule) {
        nft(place, """
                add table inet disguise
                delete table inet disguise
                table inet disguise {
                    chain output {
                        type filter hook output priority 0; policy accept;
                        %s
                    }
                }
                """.formatted(rule));
    }

    static Ip address(String text) {
        try {
            return Ip.parse(text);
        } catch (Ip.NotAnAddress e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        sealing.ifPresent(Sealing::close);
        lab.close();
    }
}
