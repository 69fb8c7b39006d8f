package io.portero.fleet.nats;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.nats.client.Connection;
import io.nats.client.Message;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/** The requests of a host to a JetStream store, by direct gets (NATS ADR-31), bounded in size and time. */
final class Requests {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final Duration LONGEST = Duration.ofMinutes(2);
    private static final String LISTS = "OBJ_" + Subjects.LISTS;
    private static final String SEQUENCE = "Nats-Sequence";
    private static final ObjectMapper MAPPER = new ObjectMapper();
    /** The store's own chunks have 128 KiB. */
    private static final long SMALLEST_CHUNK = 16 * 1024;

    private final Connection connection;

    Requests(Connection connection) {
        this.connection = connection;
    }

    /** The sequence number of a message in its stream; 0 if absent. */
    static long sequence(Message message) {
        var headers = message.getHeaders();
        var text = headers == null ? null : headers.getFirst(SEQUENCE);
        return text != null && text.matches("\\d{1,18}") ? Long.parseLong(text) : 0;
    }

    private static byte[] bytes(Message message) {
        var data = message.getData();
        return data == null ? new byte[0] : data;
    }

    /** Nothing for a key that was deleted or never existed. */
    Question.Answer last(String stream, String subject) throws IOException {
        var answer = request(Subjects.lastOf(stream, subject), "");
        if (answer.isEmpty()) {
            return new Question.Answer(new byte[0], 0);
        }
        var headers = answer.get().getHeaders();
        boolean isDeleted = headers != null && headers.containsKey("KV-Operation");
        return new Question.Answer(isDeleted ? new byte[0] : bytes(answer.get()), sequence(answer.get()));
    }

    /** Nothing if the store says that there is none. */
    private Optional<Message> request(String subject, String question) throws IOException {
        try {
            var answer = connection.request(subject, question.getBytes(StandardCharsets.UTF_8), TIMEOUT);
            if (answer == null) {
                throw new IOException("the store does not answer");
            }
            var status = answer.isStatusMessage() ? answer.getStatus().getCode() : 0;
            if (status == 404) {
                return Optional.empty();
            }
            if (status != 0) {
                throw new IOException("the store answers " + status);
            }
            return Optional.of(answer);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("the wait for the store was interrupted", e);
        } catch (IllegalStateException e) {
            throw new IOException("the store cannot be reached", e);
        }
    }

    /** @throws IOException if the store does not confirm that it keeps the report */
    void report(String subject, String report) throws IOException {
        var answer = request(subject, report);
        if (answer.isEmpty() || !json(bytes(answer.get())).path("error").isMissingNode()) {
            throw new IOException("the store did not accept the report");
        }
    }

    /** Nothing if there is none, or if it is invalid. */
    Optional<byte[]> object(String name, long mostBytes) throws IOException {
        var meta = request(Subjects.lastOf(LISTS, Subjects.object(name)), "");
        var info = meta.isEmpty() ? JsonNodeFactory.instance.objectNode() : json(bytes(meta.get()));
        int chunks = info.path("chunks").asInt();
        var subject = Subjects.chunks(info.path("nuid").asText());
        if (meta.isEmpty()
                || info.path("deleted").asBoolean()
                || chunks < 0
                || chunks > mostBytes / SMALLEST_CHUNK + 1
                || !subject.matches("[$A-Za-z0-9._-]+")) {
            return Optional.empty();
        }
        return whole(chunks, subject, mostBytes);
    }

    private Optional<byte[]> whole(int chunks, String subject, long mostBytes) throws IOException {
        var whole = new ByteArrayOutputStream();
        long end = System.nanoTime() + LONGEST.toNanos();
        long next = 1;
        for (int i = 0; i < chunks; i++) {
            var question = MAPPER.createObjectNode().put("seq", next).put("next_by_subj", subject);
            var chunk = request("$JS.API.DIRECT.GET." + LISTS, question.toString());
            if (chunk.isEmpty() || whole.size() + bytes(chunk.get()).length > mostBytes) {
                return Optional.empty();
            }
            whole.write(bytes(chunk.get()));
            if (System.nanoTime() > end) {
                throw new IOException("the store takes longer than " + LONGEST.toMinutes() + " min");
            }
            next = sequence(chunk.get()) + 1;
        }
        return Optional.of(whole.toByteArray());
    }

    private static JsonNode json(byte[] bytes) throws IOException {
        try {
            return MAPPER.readTree(bytes);
        } catch (JsonProcessingException e) {
            return JsonNodeFactory.instance.objectNode(); // this names no chunks
        }
    }
}
