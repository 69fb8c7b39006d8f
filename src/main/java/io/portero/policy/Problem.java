package io.portero.policy;

/**
 * Something wrong with a policy file, with its place.
 *
 * @param file as the user named it
 * @param line counted from 1; 0 for the file as a whole
 * @param key the dotted path into the file; empty for the file as a whole
 * @param sentence what is wrong, and what would be right
 */
public record Problem(Severity severity, String file, int line, String key, String sentence) {

    /** An error refuses the policy; a warning does not. */
    public enum Severity {
        ERROR,
        WARNING
    }

    /** The same problem with another severity. */
    public Problem as(Severity other) {
        return new Problem(other, file, line, key, sentence);
    }

    /** {@code FILE:LINE: KEY: sentence}; unknown parts are left out. */
    @Override
    public String toString() {
        var text = new StringBuilder(file);
        if (line > 0) {
            text.append(':').append(line);
        }
        text.append(": ");
        if (severity == Severity.WARNING) {
            text.append("warning: ");
        }
        if (!key.isEmpty()) {
            text.append(key).append(": ");
        }
        return text.append(sentence).toString();
    }
}
