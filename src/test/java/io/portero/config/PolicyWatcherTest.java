package io.portero.config;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PolicyWatcherTest {
    @TempDir
    private Path directory;

    private final AtomicInteger changes = new AtomicInteger();
    private Path file;
    private volatile Map<Path, String> lists = Map.of();
    private PolicyWatcher watcher;

    @BeforeEach
    void watch() throws IOException {
        Files.createDirectories(directory.resolve("v1"));
        Files.createDirectories(directory.resolve("v2"));
        Files.writeString(directory.resolve("v1/policy.yaml"), "one\n");
        Files.writeString(directory.resolve("v2/policy.yaml"), "two\n");
        file = directory.resolve("policy.yaml");
    }

    private void start() throws IOException {
        watcher = new PolicyWatcher(file, () -> lists, changes::incrementAndGet);
        watcher.start();
    }

    @AfterEach
    void stop() {
        watcher.close();
    }

    private void awaitChanges(int count) {
        await().atMost(5, SECONDS).untilAsserted(() -> assertThat(changes).hasValue(count));
    }

    @Test
    void seesAFileWrittenInPlace() throws IOException {
        Files.writeString(file, "one\n");
        start();
        Files.writeString(file, "two\n");
        awaitChanges(1);
    }

    @Test
    void seesAFileThatIsCreatedAndDeleted() throws IOException {
        start();
        Files.writeString(file, "one\n");
        awaitChanges(1);
        Files.delete(file);
        awaitChanges(2);
    }

    @Test
    void seesARenameOverTheFile() throws IOException {
        Files.writeString(file, "one\n");
        start();
        var next = directory.resolve(".policy.yaml.swp");
        Files.writeString(next, "two\n");
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
        awaitChanges(1);
    }

    @Test
    void seesAChangedLink() throws IOException {
        Files.createSymbolicLink(file, directory.resolve("v1/policy.yaml"));
        start();
        var link = directory.resolve("next");
        Files.createSymbolicLink(link, directory.resolve("v2/policy.yaml"));
        Files.move(link, file, StandardCopyOption.ATOMIC_MOVE);
        awaitChanges(1);
        Files.writeString(directory.resolve("v2/policy.yaml"), "three\n");
        awaitChanges(2);
    }

    @Test
    void reportsABurstAsOneChange() throws IOException, InterruptedException {
        Files.writeString(file, "one\n");
        start();
        for (int i = 0; i < 20; i++) {
            Files.writeString(file, "n" + i + "\n");
            Thread.sleep(10);
        }
        awaitChanges(1);
        Thread.sleep(300);
        assertThat(changes).hasValue(1);
    }

    /** As sftp over a line with a long delay: it creates or empties the file, and its content comes later in parts. */
    @Test
    void doesNotReportAListOfWhichOnlyAPartIsThere() throws IOException, InterruptedException {
        Files.writeString(file, "one\n");
        var list = directory.resolve("carrier.txt");
        Files.writeString(list, "192.0.2.1\n192.0.2.2\n192.0.2.30\n");
        lists = Map.of(list, FileIdentity.of(list));
        start();
        Files.writeString(list, "");
        for (var part : List.of("192.0.2.1\n19", "2.0.2.2\n", "192.0.2.3")) {
            Thread.sleep(500);
            Files.writeString(list, part, StandardOpenOption.APPEND);
        }
        Thread.sleep(500);
        assertThat(changes).hasValue(0);
        Files.writeString(list, "0\n", StandardOpenOption.APPEND);
        awaitChanges(1);
    }

    @Test
    void aFileThatIsMovedIntoPlaceIsCompleteWithoutALastLineEnd() throws IOException, InterruptedException {
        Files.writeString(file, "one\n");
        var next = directory.resolve("next");
        Files.writeString(next, "two");
        Thread.sleep(50); // the times of files are not exact
        start();
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
        await().atMost(1, SECONDS).untilAsserted(() -> assertThat(changes).hasValue(1));
    }

    @Test
    void ignoresOtherFilesInTheDirectory() throws IOException, InterruptedException {
        Files.writeString(file, "one\n");
        start();
        Files.writeString(directory.resolve("other"), "x");
        Thread.sleep(400);
        assertThat(changes).hasValue(0);
    }

    @Test
    void seesAListInAnotherDirectoryAsSoonAsThePolicyNamesIt() throws IOException {
        Files.writeString(file, "one\n");
        var list = Files.createDirectory(directory.resolve("lists")).resolve("a.txt");
        Files.writeString(list, "192.0.2.1\n");
        var asRead = FileIdentity.of(list);
        start();
        lists = Map.of(list, asRead);
        Files.writeString(list, "192.0.2.2 # another\n"); // before the watcher has looked at it
        awaitChanges(1);
        lists = Map.of(list, FileIdentity.of(list));
        Files.writeString(list, "192.0.2.3\n");
        awaitChanges(2);
    }
}
