package io.portero.exec;

/**
 * Runs commands; tests replace it, so that they need no other program.
 *
 * <p>Implementations return shortly after the command's timeout at the latest. They never throw because of what the
 * program did, and any thread may call them.
 */
@FunctionalInterface
public interface CommandRunner {
    CommandResult run(Command command);
}
