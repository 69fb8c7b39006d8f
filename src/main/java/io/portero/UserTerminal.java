package io.portero;

import io.portero.cli.Tools;
import io.portero.exec.Command;
import io.portero.exec.CommandResult;
import io.portero.exec.CommandRunner;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The terminal that this process was started from.
 *
 * <p>The JDK can neither tell its size nor read single keys, so this class runs stty(1) of coreutils. It runs it on
 * {@code /dev/tty}, because the standard input of a child process is a pipe.
 */
final class UserTerminal implements Tools.Terminal {
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private final CommandRunner runner;
    private Optional<String> settings = Optional.empty();

    UserTerminal(CommandRunner runner) {
        this.runner = runner;
    }

    @Override
    public Size size() {
        return stty("size").flatMap(UserTerminal::size).orElse(Size.USUAL);
    }

    private static Optional<Size> size(String text) {
        var words = text.split(" ");
        try {
            var size = new Size(Integer.parseInt(words[1]), Integer.parseInt(words[0]));
            return size.columns() > 0 && size.rows() > 0 ? Optional.of(size) : Optional.empty();
        } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
            return Optional.empty();
        }
    }

    @Override
    public void takeKeys() {
        settings = stty("-g");
        if (settings.isPresent()) {
            stty("-icanon", "-echo");
        }
    }

    @Override
    public void giveBack() {
        settings.ifPresent(this::stty);
        settings = Optional.empty();
    }

    @Override
    public String keys() {
        try {
            int count = settings.isPresent() ? System.in.available() : 0;
            return new String(System.in.readNBytes(count), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return "";
        }
    }

    @Override
    public void onEnd(Runnable action) {
        List.of("INT", "TERM", "HUP").forEach(name -> Signals.on(name, action));
    }

    @Override
    public void onChange(Runnable action) {
        List.of("WINCH", "CONT").forEach(name -> Signals.on(name, action));
    }

    private Optional<String> stty(String... words) {
        var all = new ArrayList<>(List.of("stty", "-F", "/dev/tty"));
        all.addAll(List.of(words));
        return runner.run(Command.of(TIMEOUT, all.toArray(String[]::new))) instanceof CommandResult.Completed done
                        && done.succeeded()
                ? Optional.of(done.output().strip())
                : Optional.empty();
    }
}
