package io.portero.nft;

import io.portero.compile.Ruleset;
import io.portero.exec.CommandRunner;
import io.portero.plan.Snapshot;
import java.util.Optional;

/** Changes the table in the kernel from plain to sealed and back, and removes the copy that protects the host meanwhile. */
final class FormChange {
    private static final String CHOKE_POINT = "prerouting";

    private final CommandRunner single;
    /** Whether a copy of the table must be removed once the table is complete. */
    private volatile boolean bridged;

    /** @param single runs each command in a process of its own */
    FormChange(CommandRunner single) {
        this.single = single;
    }

    /** Gives the table to this owner. Returns why that was not possible; empty if it was. */
    String toSealed(TableOwner owner, String nft) {
        return switch (owner.claim()) {
            case TableOwner.Claim.Ours(boolean copied) -> {
                bridged |= copied;
                yield "";
            }
            case TableOwner.Claim.Plain plain -> {
                var why = remade(new Remaking(single, owner::ask, nft), TableForm.SEALED);
                yield why.isEmpty() ? "" : "the table could not be created again: " + why;
            }
            case TableOwner.Claim.Refused(var reason) -> reason;
        };
    }

    /** Converts a table that this agent or an earlier one has sealed. Returns why that was not possible. */
    String toPlain(String nft) {
        return KernelForm.read(single, nft) == TableForm.PLAIN
                ? ""
                : remade(new Remaking(single, single, nft), TableForm.PLAIN);
    }

    private String remade(Remaking remaking, TableForm form) {
        return switch (remaking.to(form)) {
            case Remaking.Result.Done done -> "";
            case Remaking.Result.Unfinished unfinished -> {
                bridged = true;
                yield "";
            }
            case Remaking.Result.Failed(var why) -> why;
        };
    }

    /** Removes the copy once the table is complete, and a table for bans where bans are in the main one. */
    void saw(Snapshot table, CommandRunner current, String nft, boolean sealed) {
        if (bridged
                && Optional.ofNullable(table.chains().get(CHOKE_POINT))
                        .filter(chain ->
                                chain.hook().isPresent() && !chain.rules().isEmpty())
                        .isPresent()) {
            bridged = false;
            var remaking = new Remaking(single, current, nft);
            remaking.dropped(ListedTable.BRIDGE);
            if (!sealed) {
                remaking.dropped(Ruleset.BANS_TABLE);
            }
        }
    }
}
