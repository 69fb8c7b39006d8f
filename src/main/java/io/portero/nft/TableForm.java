package io.portero.nft;

import io.portero.compile.Chain;
import io.portero.compile.Ruleset;
import io.portero.plan.PlanPrinter;
import io.portero.plan.Snapshot;
import io.portero.plan.Statement;
import io.portero.plan.Step;
import io.portero.plan.TimedChange;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The form of the table in the kernel. Plans know only the plain form; this type converts to and from the sealed form.
 *
 * <p>Every declaration of a sealed table must contain its flags, or the kernel refuses it.
 */
enum TableForm {
    /** One table that any program with CAP_NET_ADMIN may change. */
    PLAIN,

    /**
     * A table that one netlink socket owns (Linux 5.12) and that outlives it (6.9), and beside it the
     * {@link BansTable}. While it has no owner, any program may change it, and the first one that names the flags
     * becomes the owner.
     */
    SEALED;

    static final String FLAGS = "flags owner, persist;";

    /**
     * The flags for a process that ends after its transaction. To take ownership changes the flags, and the kernel
     * refuses a base chain in the same transaction (EINVAL, Linux 6.18).
     */
    static final String UNOWNED = "flags persist;";

    private static final Pattern NAMED =
            Pattern.compile("(?m)^(add table |create table |table )" + Pattern.quote(Ruleset.TABLE) + "( \\{)?$");

    /**
     * A transaction as one script.
     *
     * @param flags those that a sealed table is named with
     */
    String script(List<? extends Statement> transaction, Optional<Snapshot> bans, String flags) {
        return switch (this) {
            case PLAIN -> PlanPrinter.print(transaction);
            case SEALED -> sealed(transaction, bans, flags);
        };
    }

    private static String sealed(List<? extends Statement> transaction, Optional<Snapshot> bans, String flags) {
        var own = new ArrayList<Statement>();
        var beside = new ArrayList<TimedChange>();
        boolean remade = false;
        for (var statement : transaction) {
            switch (statement) {
                case TimedChange change when BansTable.holds(change.set()) -> beside.add(change);
                case Step.AddSet add when BansTable.holds(add.set().name()) -> remade = true;
                case Step.Delete(var kind, var name)
                when kind.equals(Snapshot.Other.CHANGED) || BansTable.holds(name) -> remade = true;
                case Step.FillChain(var chain) -> own.add(new Step.FillChain(sealed(chain)));
                case Step step -> own.add(step);
                case TimedChange change -> own.add(change);
            }
        }
        return (remade ? BansTable.remake(bans) : "")
                + BansTable.moved(PlanPrinter.print(beside))
                + flagged(PlanPrinter.print(own), flags);
    }

    private static Chain sealed(Chain chain) {
        return new Chain(
                chain.name(),
                chain.hook(),
                chain.rules().stream().map(BansTable::sealed).toList());
    }

    private static String flagged(String script, String flags) {
        return NAMED.matcher(script)
                .replaceAll(m -> m.group(2) == null
                        ? m.group(1) + Ruleset.TABLE + " { " + flags + " }"
                        : m.group(1) + Ruleset.TABLE + " {\n\t" + flags);
    }

    /** The command that takes ownership of the table, or creates it. */
    static String claim(String table) {
        return "add table " + table + " { " + FLAGS + " }";
    }

    /** The table that holds this set. */
    String tableOf(String set) {
        return this == SEALED && BansTable.holds(set) ? Ruleset.BANS_TABLE : Ruleset.TABLE;
    }

    /** Whether a listing is that of a sealed table, with any owner. */
    static boolean isSealed(Snapshot table) {
        return table.chains().values().stream()
                .flatMap(chain -> chain.rules().stream())
                .anyMatch(rule -> BansTable.isOfSealed(rule.comment()));
    }
}
