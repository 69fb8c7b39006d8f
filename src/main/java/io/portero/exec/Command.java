package io.portero.exec;

import java.time.Duration;
import java.util.List;

/**
 * One program to run: its words, what it reads on standard input, and how long it may take.
 *
 * @param words the program and its arguments, handed to the kernel as they are: no shell reads them
 * @param input the whole standard input, sent as UTF-8 and then closed
 * @param timeout after which the program and its children are killed
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

    /** A command that reads nothing. */
    public static Command of(Duration timeout, String... words) {
        return new Command(List.of(words), "", timeout);
    }

    /** The program's name as it was given, without arguments. */
    public String program() {
        return words.getFirst();
    }
}
