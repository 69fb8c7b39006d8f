package io.portero.fleet;

/**
 * A layer of a policy.
 *
 * @param name its name in messages
 */
public record Layer(String name, Tree.Mapping content) {
    /** Reads it. */
    public static Layer read(String name, String text) throws Refusal {
        return new Layer(name, TreeReader.read(text, name));
    }

    /** Canonical text: equal content gives equal bytes. */
    public String text() {
        return TreeText.print(content);
    }
}
