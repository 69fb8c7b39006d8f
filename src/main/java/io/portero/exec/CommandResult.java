package io.portero.exec;

import java.time.Duration;
import java.util.Optional;

/** How a {@link Command} ended: each expected outcome is a value. */
public sealed interface CommandResult {

    /** The program ended by itself or by a signal; {@code output} and {@code errors} are all that it wrote. */
    record Completed(int exitCode, String output, String errors, Duration took) implements CommandResult {
        public boolean succeeded() {
            return exitCode == 0;
        }

        /** The signal that ended the program, if one did. */
        public Optional<Signal> signal() {
            return Signal.of(exitCode);
        }
    }

    /**
     * The program could not be started: it is not installed, it is not executable, or there is not enough memory to
     * fork.
     */
    record NotStarted(String program, String why) implements CommandResult {}

    /** The program exceeded its timeout and was killed with all its children. */
    record TimedOut(String program, Duration timeout) implements CommandResult {}
}
