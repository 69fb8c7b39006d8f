package io.portero.nft;

import io.portero.exec.Command;
import io.portero.exec.CommandResult;
import io.portero.exec.CommandRunner;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * Chooses the nft program; called before each start of nft, by any thread.
 *
 * <p>The policy's {@code agent.nft} comes first, then the nft of the package portero-nft if installed, then the nft in
 * the path. If the nft that the policy names is missing, the next one is used.
 */
public final class NftProgram implements Supplier<String> {
    /** The path in the package portero-nft. */
    private static final String PACKAGED = "/usr/lib/portero/nft/bin/nft";

    private static final String IN_THE_PATH = "nft";
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final Pattern VERSION = Pattern.compile("nftables v(\\S+)");

    private final CommandRunner runner;
    private final Optional<Path> packaged;
    private final String otherwise;
    private volatile Supplier<Optional<Path>> named = Optional::empty;
    private Optional<Path> used = Optional.empty();
    private volatile Runnable onChange = () -> {};
    private volatile Known known = new Known("", "");

    /** @param runner asks it for its version */
    public NftProgram(CommandRunner runner) {
        this(runner, Optional.of(Path.of(PACKAGED)), IN_THE_PATH);
    }

    NftProgram(CommandRunner runner, Optional<Path> packaged, String otherwise) {
        this.runner = runner;
        this.packaged = packaged;
        this.otherwise = otherwise;
    }

    private record Known(String program, String version) {}

    /** Always this one: a name to look for in the path, or a path. */
    public static NftProgram only(CommandRunner runner, String program) {
        return new NftProgram(runner, Optional.empty(), program);
    }

    /** @param onChange called when a reload changes the program; returns at once */
    public void whenChanged(Runnable onChange) {
        this.onChange = onChange;
    }

    /** From now on the policy names this one, or none. */
    public synchronized void use(Optional<Path> program) {
        if (program.equals(used)) {
            return;
        }
        var before = get();
        used = program;
        named = () -> program;
        if (!before.equals(get())) {
            onChange.run();
        }
    }

    /** Sets the policy's choice lazily: it is read once, when nft is first needed. */
    public void useWhenNeeded(Supplier<Optional<Path>> program) {
        named = () -> {
            var answer = program.get();
            named = () -> answer;
            return answer;
        };
    }

    @Override
    public String get() {
        return named.get()
                .filter(Files::isExecutable)
                .or(() -> packaged.filter(Files::isExecutable))
                .map(Path::toString)
                .orElse(otherwise);
    }

    /** Its version, such as {@code 1.0.6}, read once; empty if unknown. */
    public String version() {
        var program = get();
        if (!known.program().equals(program)) {
            known = new Known(program, ask(program));
        }
        return known.version();
    }

    private String ask(String program) {
        if (runner.run(Command.of(TIMEOUT, program, "--version")) instanceof CommandResult.Completed done) {
            var version = VERSION.matcher(done.output());
            return version.find() ? version.group(1) : "";
        }
        return "";
    }
}
