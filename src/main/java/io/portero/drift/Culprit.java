package io.portero.drift;

/**
 * The process that made a change, as the kernel names it.
 *
 * @param program the first 15 bytes of its name; characters that could upset a terminal or a log are replaced
 * @param pid its number in the host's own process namespace
 */
public record Culprit(String program, long pid) {
    private static final int LONGEST = 15;

    public Culprit {
        program = program.replaceAll("[^A-Za-z0-9._:+@/() -]", "?");
        if (program.length() > LONGEST) {
            program = program.substring(0, LONGEST);
        }
        if (program.isBlank()) {
            program = "unnamed";
        }
    }

    @Override
    public String toString() {
        return program + " (pid " + pid + ")";
    }
}
