package io.portero.status;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.portero.apply.Firewall.Count;
import io.portero.events.Status;
import io.portero.status.StatusDocument.RateRow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The complete JSON of a status, because programs outside of this project read it. */
class StatusGoldenTest {
    private static final Path GOLDENS = Path.of("src/test/resources/status");

    private static StatusDocument document(Status status) {
        var facts = new Facts(
                StatusFixture::counters,
                () -> true,
                () -> true,
                () -> 4,
                () -> List.of("firewalld runs and filters as well"),
                StatusFixture::names,
                StatusFixture::lists,
                StatusFixture::dropped,
                StatusFixture::staged,
                () -> new NftRow("nft", Optional.of("1.0.6"), 0, Optional.empty(), true, Optional.empty()),
                List::of);
        return new StatusComposer(
                        "1.2.3",
                        "jvm",
                        facts,
                        () -> StatusFixture.HISTORY,
                        Clock.fixed(StatusFixture.NOW, ZoneOffset.UTC))
                .of(status);
    }

    private static StatusDocument document(String name) {
        return document(name.equals("nothing") ? StatusFixture.nothing() : StatusFixture.everything(name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"enforce", "observe", "nothing"})
    void keepsItsNamesAndItsShape(String name) throws IOException {
        var pid = "\"pid\" : " + ProcessHandle.current().pid() + ",";
        if (Boolean.getBoolean("golden.update")) {
            Files.writeString(
                    GOLDENS.resolve(name + ".json"),
                    StatusJson.pretty(document(name)).replace(pid, "\"pid\" : 0,"));
        }
        assertThat(StatusJson.pretty(document(name)).replace(pid, "\"pid\" : 0,"))
                .isEqualTo(Files.readString(GOLDENS.resolve(name + ".json")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"enforce", "observe", "nothing"})
    void isReadAsItWasWritten(String name) {
        var document = document(name);
        assertThat(StatusJson.read(StatusJson.compact(document))).contains(document);
        assertThat(StatusJson.read(StatusJson.pretty(document))).contains(document);
    }

    @Test
    void hasRatesAtItsEndIfTheyWereMeasured() {
        var document = document("enforce").withRates(Map.of("sip", new RateRow(1.5, 0)));
        assertThat(StatusJson.compact(document)).endsWith("""
                ,"rates":{"sip":{"accepted":1.5,"refused":0.0}}}""");
        assertThat(StatusJson.read(StatusJson.compact(document))).contains(document);
    }

    @Test
    void ignoresUnknownFields() throws IOException {
        var document = document("enforce");
        var json = (ObjectNode) new ObjectMapper().readTree(StatusJson.compact(document));
        json.put("newer", 1);
        json.withObject("/agent").putArray("newer").add("still");
        ((ObjectNode) json.get("services").get(0)).putObject("newer");
        assertThat(StatusJson.read(json.toString())).contains(document);
    }

    @Test
    void readsTheStatusOfAnOlderAgentWithFewerFields() {
        var read = StatusJson.read("{\"in_sync\": true, \"probation\": {}, \"since\": null}")
                .orElseThrow();
        assertThat(read.inSync()).isTrue();
        assertThat(read.services()).isEmpty();
        assertThat(read.probation()).isPresent();
        assertThat(read.wouldDrop()).isEmpty();
        assertThat(read.policy().mode()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "[]", "7", "{", "{\"since\": \"yesterday\"}", "{\"drift\": [{\"at\": 5}]}"})
    void isNotReadOfAnythingElse(String text) {
        assertThat(StatusJson.read(text)).isEmpty();
    }

    @Test
    void keepsCountersThatTheKernelDoesNotReport() {
        var document = document("enforce").withCounters(Map.of("dropped_deny", new Count(7, 70)));
        assertThat(document.dropped())
                .containsEntry("deny", new Count(7, 70))
                .containsEntry("source", new Count(2, 80));
        assertThat(document.services().get(1).accepted()).isEqualTo(new Count(3, 300));
    }
}
