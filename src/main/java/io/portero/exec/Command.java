package io.portero.exec;

import java.time.Duration;
import java.util.List;

/**
 * One program to run: its name and arguments, its standard input, and a timeout.
 *
 * @param words the program and its arguments, passed to the kernel unchanged: no shell interprets them
 * @param input the whole standard input, sent as UTF-8; then the input is closed
 * @param timeout the time after which the program and its children are killed
 */
public record Command(List<String> words, String input, Duration timeout) {
    public Command {
        words = List.copyOf(words);
        if (words.isEmpty()) {
            throw new IllegalArgumentException("a command needs a program");
        }
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("a command needs time to run, not " + timeout);
        }
    }

    /** A command without input. */
    public static Command of(Duration timeout, String... words) {
        return new Command(List.of(words), "", timeout);
    }

    /** The program's name as given, without arguments. */
    public String program() {
        return words.getFirst();
    }
}
