package io.portero.lists;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.portero.FuzzSeeds;
import io.portero.policy.Reference.UrlList;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.provider.MethodSource;

/** Any answer of a web server gives a list or is refused, and is never larger than a list may be. */
class AnswerFuzzTest {
    private static final int MOST = 64 * 1024;
    private static final List<UrlList> LISTS = Stream.of("", "#/prefixes/*/ip_prefix", "#/cidr", "#/hooks/*")
            .map(fragment -> new UrlList("https://lists.example/x" + fragment))
            .toList();

    static Stream<Named<byte[]>> answers() {
        return FuzzSeeds.of("lists", ".txt", ".json", ".ndjson", ".netset")
                .flatMap(file -> answers(file.getName(), file.getPayload()));
    }

    private static Stream<Named<byte[]>> answers(String name, byte[] body) {
        var packed = FuzzSeeds.packed(body);
        return Stream.of(
                Named.of(name, answer("Content-Length: " + body.length, body)),
                Named.of(name + " in chunks", answer("Transfer-Encoding: chunked", chunked(body))),
                Named.of(name + " packed on the way", answer("Content-Encoding: gzip", packed)),
                Named.of(name + ".gz", answer("Content-Length: " + packed.length, packed)));
    }

    private static byte[] answer(String field, byte[] body) {
        return FuzzSeeds.joined(
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nETag: \"x\"\r\n".getBytes(UTF_8),
                (field + "\r\n\r\n").getBytes(UTF_8),
                body);
    }

    private static byte[] chunked(byte[] body) {
        return FuzzSeeds.joined(
                (Integer.toHexString(body.length) + ";x=1\r\n").getBytes(UTF_8), body, "\r\n0\r\n\r\n".getBytes(UTF_8));
    }

    @MethodSource("answers")
    @FuzzTest
    void anyAnswerIsAListOrIsNotTaken(byte[] bytes) {
        for (var list : LISTS) {
            var in = new ByteArrayInputStream(bytes);
            try {
                var members = ListBody.read(list, HttpBody.of(HttpHead.read(in), in, MOST));
                assertThat(members.isEverything()).isFalse();
                assertThat(members.rangeCount()).isLessThan(MOST);
            } catch (Unfetched e) {
                assertThat(e.getMessage()).isNotBlank().hasSizeLessThan(1000).doesNotContainPattern("\\p{Cntrl}");
            } catch (IOException e) {
                assertThat(e).isNotNull(); // the answer is incomplete, or is wrongly compressed
            }
        }
    }
}
