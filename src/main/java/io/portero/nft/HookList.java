package io.portero.nft;

import io.portero.compile.Ruleset;
import io.portero.compile.StagedRules;
import io.portero.drift.ForeignChain;
import io.portero.exec.Command;
import io.portero.exec.CommandResult;
import io.portero.exec.CommandRunner;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Reads the kernel's list of netfilter hooks with {@code nft list hooks} (nft 1.0.1, Linux 5.14 with
 * NETFILTER_NETLINK_HOOK). It shows chains and their priorities, but no rules.
 */
public final class HookList {
    private static final Set<String> OURS = Set.of(Ruleset.TABLE, Ruleset.BANS_TABLE, ListedTable.BRIDGE);
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final Pattern HOOK = Pattern.compile("\\s*hook (\\w+).*\\{");
    private static final Pattern CHAIN = Pattern.compile("\\s*([+-]?\\d{1,10}) chain (\\w+) (\\S+) (\\S+).*");

    private HookList() {}

    /**
     * The foreign base chains; nothing if this kernel has no such list.
     *
     * @param more another command for nft to run after that
     */
    public static Optional<List<ForeignChain>> read(CommandRunner runner, String program, String more) {
        return runner.run(Command.of(TIMEOUT, program, "-t", "list hooks" + more))
                                instanceof CommandResult.Completed done
                        && done.succeeded()
                        && done.output().contains("hook ")
                ? Optional.of(parse(done.output()))
                : Optional.empty();
    }

    static List<ForeignChain> parse(String output) {
        var found = new ArrayList<ForeignChain>();
        var hook = "";
        for (var line : output.lines().toList()) {
            var head = HOOK.matcher(line);
            var chain = CHAIN.matcher(line);
            if (head.matches()) {
                hook = head.group(1);
            } else if (chain.matches()) {
                var table = chain.group(2) + " " + chain.group(3);
                if (!OURS.contains(table)
                        && !TraceTable.isNamed(chain.group(2), chain.group(3))
                        && !StagedRules.isNamed(chain.group(2), chain.group(3))) {
                    found.add(new ForeignChain(
                            chain.group(2), chain.group(3), chain.group(4), hook, priority(chain.group(1))));
                }
            }
        }
        return found;
    }

    private static int priority(String digits) {
        return Math.clamp(Long.parseLong(digits), Integer.MIN_VALUE, Integer.MAX_VALUE);
    }
}
