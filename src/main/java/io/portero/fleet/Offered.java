package io.portero.fleet;

import io.portero.fleet.Transport.Slot;
import java.util.EnumMap;
import java.util.Map;

/** The latest offer of a store for each slot, and which offers were judged already. */
final class Offered {
    /** Offers that were not read yet; bounded, so that a fast store cannot fill the memory. */
    private final Map<Slot, byte[]> arrived = new EnumMap<>(Slot.class);

    private final Map<Slot, byte[]> held = new EnumMap<>(Slot.class);
    private final Map<Slot, String> judged = new EnumMap<>(Slot.class);

    /** May be called by any thread; returns whether a look must be triggered. */
    boolean arrive(Slot slot, byte[] content) {
        synchronized (arrived) {
            boolean isFirst = arrived.isEmpty();
            arrived.put(slot, content);
            return isFirst;
        }
    }

    /** Takes over the arrived offers, and returns them. */
    Map<Slot, byte[]> take() {
        Map<Slot, byte[]> news;
        synchronized (arrived) {
            news = new EnumMap<>(arrived);
            arrived.clear();
        }
        news.forEach((slot, content) -> {
            held.put(slot, content);
            if (content.length == 0) {
                judged.remove(slot);
            }
        });
        return news;
    }

    /** Empty if nothing is offered. */
    byte[] content(Slot slot) {
        return held.getOrDefault(slot, new byte[0]);
    }

    /** Whether the slot has an offer that was not judged. */
    boolean isNews(Slot slot) {
        var bytes = content(slot);
        return bytes.length > 0 && !ListRef.hash(bytes).equals(judged.get(slot));
    }

    void judged(Slot slot) {
        judged.put(slot, ListRef.hash(content(slot)));
    }

    /** Marks all offers to be judged again. */
    void forgetJudgements() {
        judged.clear();
    }
}
