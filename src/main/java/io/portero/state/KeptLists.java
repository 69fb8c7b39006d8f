package io.portero.state;

import io.portero.lists.ListStore;
import java.util.Optional;

/** Stores the members of web lists in the state directory. */
public final class KeptLists implements ListStore {
    private final StateDirectory state;
    private final boolean writable;

    private KeptLists(StateDirectory state, boolean writable) {
        this.state = state;
        this.writable = writable;
    }

    public static KeptLists in(StateDirectory state) {
        return new KeptLists(state, true);
    }

    /** For readers only. */
    public static KeptLists readOnly(StateDirectory state) {
        return new KeptLists(state, false);
    }

    @Override
    public Optional<String> read(String name) {
        return state.read(name);
    }

    @Override
    public void write(String name, String content) {
        if (writable) {
            state.write(name, content);
        }
    }

    @Override
    public void delete(String name) {
        if (writable) {
            state.delete(name);
        }
    }
}
