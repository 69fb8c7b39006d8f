package io.portero.cli;

/** The exit codes of all commands. */
public final class ExitCode {
    public static final int DONE = 0;
    /** The kernel refused, the user lacks a permission, or the agent is not running. */
    public static final int FAILED = 1;
    /** The policy file is refused. */
    public static final int REFUSED = 2;
    /**
     * The answer is not "no difference": {@code plan --detailed-exitcode} found a change, {@code exposure
     * --fail-on-open} an open port, or {@code doctor} a problem.
     */
    public static final int DIFFERENT = 3;
    /** The command line itself is wrong. */
    public static final int USAGE = 64;

    private ExitCode() {}
}
