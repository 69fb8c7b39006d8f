package io.portero.status;

import io.portero.apply.Firewall.Reading;
import io.portero.stage.StageTable;
import io.portero.stage.StageTable.Differences;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * What a staged policy has counted, asked of the kernel when somebody wants to know, and at most once in {@value #FRESH_SECONDS}
 * seconds. Costs one call of nft.
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

    /** Asks now. What cannot be read is nothing. */
    public static Differences read(StageTable table) {
        return table.read() instanceof Reading.Of<Differences>(Differences found) ? found : Differences.NONE;
    }
}
