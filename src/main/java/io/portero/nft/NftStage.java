package io.portero.nft;

import io.portero.apply.Failure;
import io.portero.apply.Firewall.Count;
import io.portero.apply.Firewall.Reading;
import io.portero.compile.StagedRules;
import io.portero.exec.CommandRunner;
import io.portero.stage.StageTable;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The table of a staged policy in the kernel, one {@code nft} process for each call. */
public final class NftStage implements StageTable {
    private static final List<String> TABLE = List.of("inet", StagedRules.NAME);

    private final NftCalls calls;
    private volatile boolean standing;

    public NftStage(CommandRunner runner, NftProgram program, NftHealth health) {
        this.calls = new NftCalls(runner, program, health, StagedRules.TABLE);
    }

    @Override
    public Optional<Failure> load(String script) {
        var failure = calls.load(script);
        standing |= failure.isEmpty();
        return failure;
    }

    @Override
    public Optional<Failure> clear() {
        standing = false;
        return calls.remove();
    }

    @Override
    public Reading<Boolean> isThere() {
        return calls.list(List.of("-j", "-t", "list", "table"), TABLE, false, text -> true);
    }

    @Override
    public Map<String, Count> counters() {
        return standing
                        && calls.<Map<String, Count>>list(
                                        List.of("-j", "list", "counters", "table"), TABLE, Map.of(), NftJson::counters)
                                instanceof Reading.Of<Map<String, Count>>(Map<String, Count> counters)
                ? counters
                : Map.of();
    }

    @Override
    public Reading<Differences> read() {
        return calls.list(List.of("-j", "-p", "list", "table"), TABLE, Differences.NONE, NftJson::differences);
    }
}
