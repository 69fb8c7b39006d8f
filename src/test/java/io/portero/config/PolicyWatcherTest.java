package io.portero.config;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
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
        Files.writeString(directory.resolve("v1/policy.yaml"), "one");
        Files.writeString(directory.resolve("v2/policy.yaml"), "two");
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
        Files.writeString(file, "one");
        start();
        Files.writeString(file, "two");
        awaitChanges(1);
    }

    @Test
    void seesAFileThatIsCreatedAndDeleted() throws IOException {
        start();
        Files.writeString(file, "one");
        awaitChanges(1);
        Files.delete(file);
        awaitChanges(2);
    }

    @Test
    void seesARenameOverTheFile() throws IOException {
        Files.writeString(file, "one");
        start();
        var next = directory.resolve(".policy.yaml.swp");
        Files.writeString(next, "two");
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
        Files.writeString(directory.resolve("v2/policy.yaml"), "three");
        awaitChanges(2);
    }

    @Test
    void reportsABurstAsOneChange() throws IOException, InterruptedException {
        Files.writeString(file, "one");
        start();
        for (int i = 0; i < 20; i++) {
            Files.writeString(file, "n" + i);
            Thread.sleep(10);
        }
        awaitChanges(1);
        Thread.sleep(300);
        assertThat(changes).hasValue(1);
    }

    @Test
    void ignoresOtherFilesInTheDirectory() throws IOException, InterruptedException {
        Files.writeString(file, "one");
        start();
        Files.writeString(directory.resolve("other"), "x");
        Thread.sleep(400);
        assertThat(changes).hasValue(0);
    }

    @Test
    void seesAListInAnotherDirectoryAsSoonAsThePolicyNamesIt() throws IOException {
        Files.writeString(file, "one");
        var list = Files.createDirectory(directory.resolve("lists")).resolve("a.txt");
        Files.writeString(list, "192.0.2.1");
        var asRead = FileIdentity.of(list);
        start();
        lists = Map.of(list, asRead);
        Files.writeString(list, "192.0.2.2 # another"); // before the watcher has looked at it
        awaitChanges(1);
        lists = Map.of(list, FileIdentity.of(list));
        Files.writeString(list, "192.0.2.3");
        awaitChanges(2);
    }
}
