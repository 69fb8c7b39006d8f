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

/** The files of an audit trail: appends lines, and reads from the end. */
record AuditFile(Directory directory, Disk disk) {
    /** Longer than any line of ours; of a longer line only the end is read. */
    static final int MOST_BYTES = 256 * 1024;

    static String name(int index) {
        return index == 0 ? "audit.jsonl" : "audit." + index + ".jsonl";
    }

    /**
     * The end of a trail.
     *
     * @param whole the last complete line in its file, if any
     * @param torn the incomplete lines after it
     */
    record End(Optional<String> whole, List<String> torn) {
        static final End NOTHING = new End(Optional.empty(), List.of());

        /** The text whose hash the next line must hold. */
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

    /** The end of the newest file that is not empty. */
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
            // continues where the write stopped
        }
        var text = new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
        return End.of(List.of((text.endsWith("\n") ? text.substring(0, text.length() - 1) : text).split("\n", -1)));
    }

    /** Appends a line to the newest file, completely or not at all; returns the old length of the file. */
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
                channel.truncate(end); // an incomplete line would break the chain
                throw e;
            }
        }
    }

    /** Removes the appended text. */
    void truncate(long end) throws IOException {
        try (var file = directory.change(name(0))) {
            file.channel().truncate(end);
        }
    }

    /** As after a crash, or after an edit by hand. */
    private static boolean endsInMidLine(FileChannel channel, long end) throws IOException {
        var last = ByteBuffer.allocate(1);
        return end > 0 && channel.read(last, end - 1) == 1 && last.get(0) != '\n';
    }
}
