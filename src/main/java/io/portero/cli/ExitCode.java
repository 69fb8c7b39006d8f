package io.portero.cli;

/** What the exit codes of all commands mean. */
public final class ExitCode {
    public static final int DONE = 0;
    /** The kernel refused, something is not permitted, or the agent is not running. */
    public static final int FAILED = 1;
    /** The policy file is refused. */
    public static final int REFUSED = 2;
    /**
     * With {@code plan --detailed-exitcode}: something would change; with {@code exposure --fail-on-open}: it is open; with
     * {@code doctor}: something is wrong.
     */
    public static final int DIFFERENT = 3;
    /** The command line itself is wrong. */
    public static final int USAGE = 64;

    private ExitCode() {}
}
