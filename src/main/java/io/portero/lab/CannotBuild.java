package io.portero.lab;

/** Thrown when a lab cannot be built; the message is a sentence that says what to do. */
public final class CannotBuild extends Exception {
    private static final long serialVersionUID = 1L;

    public CannotBuild(String sentence) {
        super(sentence, null, false, false);
    }
}
