package io.portero.exec;

import java.util.Optional;

/**
 * The signal that ended a program.
 *
 * <p>The JDK, like a shell, gives 128 and the signal's number as the exit code of a program that died of it.
 */
public record Signal(int number) {
    /** What nobody can catch; sent by the kernel when memory runs out. */
    public static final int KILL = 9;

    private static final int OFFSET = 128;
    private static final int HIGHEST = 64;

    /** The signal behind an exit code; none for a program that ended by itself. */
    public static Optional<Signal> of(int exitCode) {
        return exitCode > OFFSET && exitCode <= OFFSET + HIGHEST
                ? Optional.of(new Signal(exitCode - OFFSET))
                : Optional.empty();
    }

    /** Whether the program itself did something wrong: nobody sends these to it. */
    public boolean isFault() {
        return switch (number) {
            case 4, 6, 7, 8, 11 -> true;
            default -> false;
        };
    }

    /** Such as {@code segmentation fault (SIGSEGV)}. */
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
