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

/** A lab whose host is protected by this process: tests apply policies and send packets. */
final class TestLab implements AutoCloseable {
    /** The timeout for packets that must pass; the wait ends as soon as one has passed. */
    static final Duration PATIENCE = Duration.ofSeconds(10);
    /** The timeout for packets that must not pass; on veth an answer takes a tenth of a millisecond. */
    static final Duration A_MOMENT = Duration.ofMillis(500);

    final Lab lab;
    /** With {@code -Dlab.sealed=NFT}, the table belongs to this nft. */
    private final Optional<Sealing> sealing;

    final NftFirewall firewall;
    final NftStage stage;
    /** The ability of the kernel, unless a test sets another. */
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

    /** Multiplies the timeouts of programs by {@code -Dlab.patience}, which an emulated processor needs. */
    private static CommandRunner patient(CommandRunner runner) {
        int factor = Integer.getInteger("lab.patience", 1);
        return command -> runner.run(
                new Command(command.words(), command.input(), command.timeout().multipliedBy(factor)));
    }

    /** Skips the test if namespaces are not allowed; in CI this is a failure. */
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

    /** From now on, interval sets change as on another kernel. */
    void change(IntervalSets how) {
        intervals = Optional.of(how);
    }

    /** Applies this policy to the kernel, whatever its current rules are, as the agent does. */
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

    /** Loads an nft script. */
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

    /** The number of packets that were dropped for this reason. */
    long dropped(String reason) {
        return switch (firewall.counters()) {
            case Reading.Of<Map<String, Count>>(var counts) ->
                counts.get("dropped_" + reason).packets();
            case Reading.Failed<Map<String, Count>>(var failure) -> throw new AssertionError(failure.sentence());
        };
    }

    /** Changes datagrams that leave a place, for protocols that Java cannot send. */
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
