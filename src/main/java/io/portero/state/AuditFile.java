package io.portero.state;

import io.portero.files.Directory;
import io.portero.files.OpenFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The files that an audit trail's lines are in: appended to at the end, and read from the end. */
record AuditFile(Directory directory, Disk disk) {
    /** More than any line of ours has; of a longer one the end alone is looked at. */
    static final int MOST_BYTES = 256 * 1024;

    static String name(int index) {
        return index == 0 ? "audit.jsonl" : "audit." + index + ".jsonl";
    }

    /**
     * How a trail ends.
     *
     * @param whole the last whole line in its file, if there is one
     * @param torn what follows it there: lines that were not written to their end
     */
    record End(Optional<String> whole, List<String> torn) {
        static final End NOTHING = new End(Optional.empty(), List.of());

        /** What the next line holds the hash of. */
        String text() {
            return Stream.concat(whole.stream(), torn.stream()).collect(Collectors.joining("\n"));
        }

        boolean isNothing() {
            return whole.isEmpty() && torn.isEmpty();
        }

        private static End of(List<String> lines) {
            int first = lines.size();
            while (first > 0 && AuditLine.parse(lines.get(first - 1)).isEmpty()) {
                first--;
            }
            return new End(
                    first == 0 ? Optional.empty() : Optional.of(lines.get(first - 1)),
                    lines.subList(first, lines.size()));
        }
    }

    /** How the newest file that is not empty ends. */
    End end(int oldest) throws IOException {
        for (int i = 0; i <= oldest; i++) {
            if (directory.size(name(i)).orElse(0L) > 0) {
                try (var file = directory.read(name(i))) {
                    return end(file);
                }
            }
        }
        return End.NOTHING;
    }

    private static End end(OpenFile file) throws IOException {
        long size = file.channel().size();
        var bytes = ByteBuffer.allocate((int) Math.min(size, MOST_BYTES));
        long start = size - bytes.capacity();
        while (bytes.hasRemaining() && file.channel().read(bytes, start + bytes.position()) > 0) {
            // goes on where it stopped
        }
        var text = new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
        return End.of(List.of((text.endsWith("\n") ? text.substring(0, text.length() - 1) : text).split("\n", -1)));
    }

    /** Appends a line to the newest file, whole or not at all; how long the file was before. */
    long append(String line) throws IOException {
        try (var file = directory.change(name(0))) {
            var channel = file.channel();
            long end = channel.size();
            try {
                channel.position(end);
                var start = endsInMidLine(channel, end) ? "\n" : "";
                disk.write(channel, (start + line).getBytes(StandardCharsets.UTF_8));
                disk.synchronise(channel);
                return end;
            } catch (IOException e) {
                channel.truncate(end); // half a line would break the chain
                throw e;
            }
        }
    }

    /** Takes back what was appended. */
    void truncate(long end) throws IOException {
        try (var file = directory.change(name(0))) {
            file.channel().truncate(end);
        }
    }

    /** As after a crash, or after somebody's editor. */
    private static boolean endsInMidLine(FileChannel channel, long end) throws IOException {
        var last = ByteBuffer.allocate(1);
        return end > 0 && channel.read(last, end - 1) == 1 && last.get(0) != '\n';
    }
}
