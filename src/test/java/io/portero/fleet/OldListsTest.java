package io.portero.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.fleet.OperatorStore.StoredObject;
import io.portero.fleet.Transport.Slot;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OldListsTest {
    private static final Instant MADE = Instant.parse("2026-11-01T00:00:00Z");

    @TempDir
    private Path base = Path.of("");

    private final FakeStore store = new FakeStore();
    private SigningKeys keys = new SigningKeys(Path.of(""));

    @BeforeEach
    void aliceHasAKey() throws IOException {
        keys = new SigningKeys(base);
        keys.allowed("alice");
    }

    private static ListRef list(int number) {
        return ListRef.of("blocklist", "192.0.2." + number + "\n");
    }

    private byte[] bundle(int version) throws Refusal {
        var text = new Manifest(
                        "example",
                        "voice",
                        version,
                        MADE,
                        MADE.plus(Duration.ofDays(90)),
                        List.of(list(version)),
                        Layer.read(Manifest.GROUPS, "groups: { blocklist: [\"file:lists/blocklist\"] }"),
                        Layer.read(Manifest.layerOf("voice"), "deny: [blocklist]"))
                .text();
        return new Bundle(text, List.of(keys.keygen().sign(text, keys.of("alice")))).bytes();
    }

    /** Stores a list, the difference that leads to it, and a bundle that names it. */
    private void pushed(int version, Slot slot) throws Exception {
        object(list(version).hash());
        object(ListDelta.name(list(version - 1).hash(), list(version).hash()));
        var there = store.get(slot, "voice");
        store.put(
                slot,
                "voice",
                bundle(version),
                there.map(OperatorStore.Entry::revision).orElse(0L));
    }

    private void object(String name) {
        store.putObject(name, "192.0.2.1\n".getBytes(StandardCharsets.UTF_8));
    }

    private List<String> names() {
        return store.objects().stream().map(StoredObject::name).toList();
    }

    @Test
    void keepsListsThatABundleInTheStoreNames() throws Exception {
        pushed(1, Slot.BUNDLE);
        pushed(2, Slot.BUNDLE);
        pushed(3, Slot.NEXT);
        store.now = MADE.plus(Duration.ofDays(400));
        object(list(99).hash());
        assertThat(new OldLists(store).remove().sentence("the store")).isEmpty();
        assertThat(names()).hasSize(7);
    }

    @Test
    void removesUnusedListsAfterAWeek() throws Exception {
        object(list(0).hash());
        object(ListDelta.name(list(1).hash(), list(0).hash()));
        store.now = MADE.plus(Duration.ofDays(7));
        pushed(1, Slot.BUNDLE);
        assertThat(new OldLists(store).remove().objects()).isZero();
        store.now = MADE.plus(Duration.ofDays(8));
        pushed(2, Slot.BUNDLE);
        assertThat(new OldLists(store).remove().sentence("the store"))
                .contains("removed from the store what no version there names any more: 2 lists, 20 bytes");
        assertThat(names())
                .containsExactlyInAnyOrder(
                        list(1).hash(),
                        list(2).hash(),
                        ListDelta.name(list(0).hash(), list(1).hash()),
                        ListDelta.name(list(1).hash(), list(2).hash()));
    }

    @Test
    void doesNotTouchOtherObjectsInTheStore() throws Exception {
        object("notes.txt");
        store.now = MADE.plus(Duration.ofDays(400));
        pushed(1, Slot.BUNDLE);
        new OldLists(store).remove();
        assertThat(names()).contains("notes.txt");
    }

    @Test
    void ignoresGarbageInTheStore() throws Exception {
        object(list(50).hash());
        store.now = MADE.plus(Duration.ofDays(400));
        pushed(1, Slot.BUNDLE);
        var there = store.get(Slot.BUNDLE, "voice").orElseThrow();
        store.put(Slot.BUNDLE, "voice", new byte[] {1, 2}, there.revision());
        assertThat(new OldLists(store).remove().objects()).isEqualTo(1);
        assertThat(names()).contains(list(1).hash());
    }
}
