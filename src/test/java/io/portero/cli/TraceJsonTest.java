package io.portero.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.portero.trace.Headers;
import io.portero.trace.Step;
import io.portero.trace.TracedPacket;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TraceJsonTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Headers CAME = headers("203.0.113.80", 443, "");

    private static Headers headers(String destination, int port, String out) {
        return new Headers("eth0", out, "192.0.2.7", destination, "tcp", Optional.of(40000), Optional.of(port), "");
    }

    private static JsonNode json(TracedPacket packet) {
        var line = TraceJson.of(packet);
        assertThat(line).doesNotContain("\n");
        try {
            return new ObjectMapper().readTree(line);
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void namesTheTableThatDroppedThePacket() {
        var drop = new Step("ip filter", "INPUT", "INPUT", new Step.By.Policy(), "drop");
        var json = json(new TracedPacket(NOW, CAME, CAME, List.of("ip filter INPUT"), List.of(drop)));
        assertThat(json.path("at").asText()).isEqualTo("2026-01-01T00:00:00Z");
        assertThat(json.path("source_port").asInt()).isEqualTo(40000);
        assertThat(json.path("end").asText()).isEqualTo("dropped");
        assertThat(json.path("dropped_by").path("policy").asBoolean()).isTrue();
        assertThat(json.path("portero").isNull()).isTrue();
        assertThat(json.has("icmp_type")).isFalse();
    }

    @Test
    void showsThePathOfThePacketAndItsRules() {
        var seen = new Step(
                "ip nat",
                "PREROUTING",
                "DOCKER",
                new Step.By.Rule("tcp dport 443 dnat", Optional.of("docker")),
                "accept");
        var unlisted = new Step("ip nat", "PREROUTING", "DOCKER", new Step.By.Unknown("12"), "accept");
        var json = json(new TracedPacket(
                NOW, CAME, headers("172.17.0.2", 8443, "docker0"), List.of(), List.of(seen, unlisted)));
        assertThat(json.path("end").asText()).isEqualTo("forwarded");
        assertThat(json.path("translated_to").asText()).isEqualTo("172.17.0.2:8443");
        assertThat(json.path("out").asText()).isEqualTo("docker0");
        assertThat(json.path("steps")).hasSize(2);
        assertThat(json.path("steps").path(0).path("comment").asText()).isEqualTo("docker");
        assertThat(json.path("steps").path(1).path("handle").asText()).isEqualTo("12");
    }
}
