package io.portero.fleet;

/**
 * A part of a policy.
 *
 * @param name what a sentence calls it
 */
public record Layer(String name, Tree.Mapping content) {
    /** Reads it. */
    public static Layer read(String name, String text) throws Refusal {
        return new Layer(name, TreeReader.read(text, name));
    }

    /** The same bytes however it was spelled. */
    public String text() {
        return TreeText.print(content);
    }
}
