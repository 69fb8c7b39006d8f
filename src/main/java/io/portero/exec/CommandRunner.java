package io.portero.exec;

/**
 * The seam above which everything is testable without another program.
 *
 * <p>Implementations return within the command's timeout and a moment, never throw for what the program did, and may be
 * called from any thread.
 */
@FunctionalInterface
public interface CommandRunner {
    CommandResult run(Command command);
}
