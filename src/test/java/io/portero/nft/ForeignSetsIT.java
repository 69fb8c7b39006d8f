package io.portero.nft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.portero.apply.Applier;
import io.portero.apply.Failure;
import io.portero.apply.Firewall;
import io.portero.apply.FirewallContract;
import io.portero.apply.Outcome;
import io.portero.compile.PolicyCompiler;
import io.portero.compile.Ruleset;
import io.portero.compile.RulesetPrinter;
import io.portero.exec.Command;
import io.portero.exec.CommandResult;
import io.portero.plan.Planner;
import io.portero.plan.Snapshot;
import io.portero.policy.RandomPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The whole contract with the nft of this host, beside a set of a newer nft; the nft of Debian 12 crashes because of
 * it.
 */
class ForeignSetsIT implements FirewallContract {
    private static final String OF_A_CONTAINER = """
            table inet container {
            	set declared {
            		type ipv4_addr
            		elements = { 192.0.2.200 }
            	}
            }
            """;

    private final KernelNamespace kernel = KernelNamespace.create();
    private final NftProgram program = NftProgram.only(kernel, "nft");
    private final NftHealth health = new NftHealth(program, System::nanoTime);
    private final NftFirewall firewall = new NftFirewall(kernel, program, health, CommitListener.NOBODY);
    private final Ruleset ruleset = PolicyCompiler.compile(new RandomPolicy(new Random(42)).next());

    @Override
    public Firewall firewall() {
        return firewall;
    }

    @BeforeEach
    void containerComes() {
        newer(OF_A_CONTAINER, "-f", "-");
    }

    @AfterEach
    void close() {
        kernel.close();
    }

    private String newer(String input, String... words) {
        var all = new ArrayList<>(List.of(NewerNft.find().toString()));
        all.addAll(List.of(words));
        return switch (kernel.run(new Command(all, input, Duration.ofSeconds(30)))) {
            case CommandResult.Completed done when done.succeeded() -> done.output();
            case CommandResult result -> throw new AssertionError(result.toString());
        };
    }

    @Test
    void countsEachCrashAndThenAvoidsNft() {
        assertThat(new Applier(firewall).apply(Planner.rebuild(ruleset))).isInstanceOf(Outcome.Applied.class);
        long deaths = health.deaths();
        assertThat(deaths).isLessThanOrEqualTo(1);
        assertThat(health.problem().isPresent()).isEqualTo(deaths > 0);
        firewall.counters();
        firewall.read();
        firewall.remove();
        assertThat(health.deaths()).isEqualTo(deaths);
        health.problem()
                .ifPresent(problem -> assertThat(problem)
                        .startsWith("nft died of a segmentation fault (SIGSEGV): version " + program.version()
                                + " cannot read a set that a newer nft created")
                        .endsWith("install the package portero-nft, or set a newer nft with agent.nft"));
    }

    /** As after a return to the nft of Debian 12: the table stays, and can be removed. */
    @Test
    void namesTheRemedyWhenANewerNftHasCreatedItsOwnTable() {
        var byNewer =
                new NftFirewall(kernel, NftProgram.only(kernel, NewerNft.find().toString()));
        assertThat(new Applier(byNewer).apply(Planner.rebuild(ruleset))).isInstanceOf(Outcome.Applied.class);
        var before = newer("", "list", "table", "inet", "portero");
        switch (firewall.read()) {
            case Firewall.Reading.Of<Snapshot>(var read) ->
                assertThat(read.present()).isTrue();
            case Firewall.Reading.Failed<Snapshot>(var failure) -> {
                assertThat(failure.kind()).isEqualTo(Failure.Kind.CRASHED);
                assertThat(failure.sentence()).contains("portero-nft");
                assertThat(firewall.load(RulesetPrinter.print(ruleset)).map(Failure::kind))
                        .contains(Failure.Kind.CRASHED);
                assertThat(newer("", "list", "table", "inet", "portero")).isEqualTo(before);
            }
        }
        assertThat(firewall.remove()).isEmpty();
        assertThat(byNewer.read()).isEqualTo(new Firewall.Reading.Of<>(Snapshot.ABSENT));
    }

    @Test
    void leavesNothingBehindAndTheTableOfTheContainerUnchanged() {
        var before = newer("", "list", "table", "inet", "container");
        new Applier(firewall).apply(Planner.rebuild(ruleset));
        assertThat(firewall.remove()).isEmpty();
        assertThat(newer("", "list", "table", "inet", "container")).isEqualTo(before);
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(newer("", "list", "tables")).isEqualTo("table inet container\n"));
    }
}
