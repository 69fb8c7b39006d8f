package io.portero.nft;

import io.portero.compile.StagedRules;
import io.portero.nft.TraceParser.Line;
import io.portero.nft.TraceParser.Said;
import io.portero.trace.Headers;
import io.portero.trace.Step;
import io.portero.trace.TracedPacket;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Assembles the lines of a trace into packets.
 *
 * <p>Only packets that our table marked are reported, because other programs may trace too. The kernel reuses ids and
 * does not mark the last line of a packet. So a packet is complete when it is dropped, when another packet with its id
 * reaches our table, or after a silence. Packets are reported in order of arrival. Belongs to one thread.
 */
final class TraceAssembly {
    /** A packet passes all tables in well under a millisecond; a busy processor may report it later. */
    static final long SILENCE = 200_000_000;

    private final TraceTable table;
    private final Clock clock;
    private final Map<String, Open> byId = new HashMap<>();
    private final Deque<Open> inOrder = new ArrayDeque<>();

    TraceAssembly(TraceTable table, Clock clock) {
        this.table = table;
        this.clock = clock;
    }

    /** A packet whose trace is not complete. */
    private static final class Open {
        private final Instant at;
        private final Headers first;
        private final List<String> chains = new ArrayList<>();
        private final List<Step> steps = new ArrayList<>();
        private Headers last;
        private String base = "";
        private long heard;
        private boolean marked;
        private boolean complete;

        private Open(Instant at, Headers first) {
            this.at = at;
            this.first = first;
            this.last = first;
        }

        private TracedPacket packet() {
            return new TracedPacket(at, first, last, chains, steps);
        }
    }

    /** The packets that are complete with this line. */
    List<TracedPacket> hear(String text, long now) {
        TraceParser.parse(text).ifPresent(line -> hear(line, now));
        return complete();
    }

    private void hear(Line line, long now) {
        if (line.table().equals(table.name())) {
            hearOfOurs(line, now);
            return;
        }
        var packet = byId.get(line.id());
        if (packet == null || TraceTable.isNamed(line.table()) || line.table().equals(StagedRules.TABLE)) {
            return;
        }
        packet.heard = now;
        switch (line.said()) {
            case Said.Came(Headers headers) -> {
                packet.base = line.chain();
                packet.last = headers;
                packet.chains.add(line.table() + " " + line.chain());
            }
            case Said.Judged(Step.By by, String verdict) -> {
                packet.steps.add(new Step(line.table(), packet.base, line.chain(), by, verdict));
                packet.complete = verdict.equals("drop");
            }
        }
    }

    /** A match of a rule in our table shows that we marked the packet. */
    private void hearOfOurs(Line line, long now) {
        switch (line.said()) {
            case Said.Came(Headers headers) -> {
                var packet = new Open(clock.instant(), headers);
                packet.heard = now;
                var before = byId.put(line.id(), packet);
                if (before != null) {
                    before.complete = true;
                }
            }
            case Said.Judged(Step.By by, String verdict) -> {
                var packet = byId.get(line.id());
                if (packet != null && !packet.marked && !(by instanceof Step.By.Policy)) {
                    packet.marked = true;
                    inOrder.add(packet);
                } else if (packet != null && !packet.marked) {
                    byId.remove(line.id());
                }
            }
        }
    }

    /** The packets that are complete because of a silence. */
    List<TracedPacket> silent(long now) {
        inOrder.forEach(packet -> packet.complete |= now - packet.heard > SILENCE);
        return complete();
    }

    private List<TracedPacket> complete() {
        var done = new ArrayList<TracedPacket>();
        while (!inOrder.isEmpty() && inOrder.getFirst().complete) {
            var packet = inOrder.removeFirst();
            byId.values().remove(packet);
            done.add(packet.packet());
        }
        return done;
    }

    /** All that are left, at the end. */
    List<TracedPacket> rest() {
        var done = inOrder.stream().map(Open::packet).toList();
        inOrder.clear();
        byId.clear();
        return done;
    }
}
