package io.portero.fleet;

import io.portero.fleet.Transport.Slot;
import java.util.EnumMap;
import java.util.Map;

/** What a store has offered, the latest of each slot, and which of it was judged already. */
final class Offered {
    /** What was not looked at yet: a store that talks fast fills no memory. */
    private final Map<Slot, byte[]> arrived = new EnumMap<>(Slot.class);

    private final Map<Slot, byte[]> held = new EnumMap<>(Slot.class);
    private final Map<Slot, String> judged = new EnumMap<>(Slot.class);

    /** May be called by any thread; whether somebody has to be told to look. */
    boolean arrive(Slot slot, byte[] content) {
        synchronized (arrived) {
            boolean isFirst = arrived.isEmpty();
            arrived.put(slot, content);
            return isFirst;
        }
    }

    /** Takes over what has arrived, and tells of it. */
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

    /** Empty where nothing is offered. */
    byte[] content(Slot slot) {
        return held.getOrDefault(slot, new byte[0]);
    }

    /** Whether the slot holds something that was not judged. */
    boolean isNews(Slot slot) {
        var bytes = content(slot);
        return bytes.length > 0 && !ListRef.hash(bytes).equals(judged.get(slot));
    }

    void judged(Slot slot) {
        judged.put(slot, ListRef.hash(content(slot)));
    }

    /** Everything is to be judged again. */
    void forgetJudgements() {
        judged.clear();
    }
}
