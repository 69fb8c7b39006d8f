package io.portero.state;

import io.portero.names.NameStore;
import java.util.Optional;

/** Stores the addresses of names in the state directory. */
public final class KeptNames implements NameStore {
    private static final String FILE = "names.json";

    private final StateDirectory state;
    private final boolean writable;

    private KeptNames(StateDirectory state, boolean writable) {
        this.state = state;
        this.writable = writable;
    }

    public static KeptNames in(StateDirectory state) {
        return new KeptNames(state, true);
    }

    /** For readers only. */
    public static KeptNames readOnly(StateDirectory state) {
        return new KeptNames(state, false);
    }

    @Override
    public Optional<String> read() {
        return state.read(FILE);
    }

    @Override
    public void write(String content) {
        if (writable) {
            state.write(FILE, content);
        }
    }
}
