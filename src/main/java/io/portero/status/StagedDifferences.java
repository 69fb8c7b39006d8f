package io.portero.status;

import io.portero.apply.Firewall.Reading;
import io.portero.stage.StageTable;
import io.portero.stage.StageTable.Differences;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * The counts of a staged policy, read from the kernel on demand, at most once in {@value #FRESH_SECONDS} seconds. Costs
 * one call of nft.
 */
public final class StagedDifferences {
    private static final int FRESH_SECONDS = 10;

    private final StageTable table;
    private final LongSupplier nanoTime;
    private Differences last = Differences.NONE;
    private long readAt;

    public StagedDifferences(StageTable table, LongSupplier nanoTime) {
        this.table = table;
        this.nanoTime = nanoTime;
        this.readAt = nanoTime.getAsLong() - Duration.ofSeconds(FRESH_SECONDS).toNanos();
    }

    public synchronized Differences latest() {
        if (nanoTime.getAsLong() - readAt >= Duration.ofSeconds(FRESH_SECONDS).toNanos()) {
            last = read(table);
            readAt = nanoTime.getAsLong();
        }
        return last;
    }

    /** Reads now; empty if the kernel cannot be read. */
    public static Differences read(StageTable table) {
        return table.read() instanceof Reading.Of<Differences>(Differences found) ? found : Differences.NONE;
    }
}
