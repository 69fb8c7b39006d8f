package io.portero.exec;

import java.util.Optional;

/**
 * The signal that ended a program.
 *
 * <p>The JDK, like a shell, reports 128 plus the signal's number as the exit code of a program that a signal ended.
 */
public record Signal(int number) {
    /** No program can catch this signal; the kernel sends it when memory runs out. */
    public static final int KILL = 9;

    private static final int OFFSET = 128;
    private static final int HIGHEST = 64;

    /** The signal that an exit code stands for; none if the program ended by itself. */
    public static Optional<Signal> of(int exitCode) {
        return exitCode > OFFSET && exitCode <= OFFSET + HIGHEST
                ? Optional.of(new Signal(exitCode - OFFSET))
                : Optional.empty();
    }

    /** Whether the program itself made an error: other programs do not send these signals. */
    public boolean isFault() {
        return switch (number) {
            case 4, 6, 7, 8, 11 -> true;
            default -> false;
        };
    }

    /** For example {@code segmentation fault (SIGSEGV)}. */
    @Override
    public String toString() {
        return switch (number) {
            case 4 -> "illegal instruction (SIGILL)";
            case 6 -> "failed assertion (SIGABRT)";
            case 7 -> "bus error (SIGBUS)";
            case 8 -> "arithmetic error (SIGFPE)";
            case KILL -> "SIGKILL";
            case 11 -> "segmentation fault (SIGSEGV)";
            case 15 -> "SIGTERM";
            default -> "signal " + number;
        };
    }
}
