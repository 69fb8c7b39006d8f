package io.portero.exec;

import java.time.Duration;
import java.util.Optional;

/** How a {@link Command} ended: every way that is to be expected, as a value. */
public sealed interface CommandResult {

    /** The program ran to its end; {@code output} and {@code errors} are all that it wrote. */
    record Completed(int exitCode, String output, String errors, Duration took) implements CommandResult {
        public boolean succeeded() {
            return exitCode == 0;
        }

        /** What killed it, when something did. */
        public Optional<Signal> signal() {
            return Signal.of(exitCode);
        }
    }

    /** The program could not be started: not installed, not executable, or no memory left to fork. */
    record NotStarted(String program, String why) implements CommandResult {}

    /** The program took longer than allowed and was killed with all its children. */
    record TimedOut(String program, Duration timeout) implements CommandResult {}
}
