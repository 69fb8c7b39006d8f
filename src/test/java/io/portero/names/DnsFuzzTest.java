package io.portero.names;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.portero.policy.Reference.HostName;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.provider.MethodSource;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Master;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** Any message of a name server gives addresses, or the name stays unknown. */
class DnsFuzzTest {
    private static final List<InetSocketAddress> SERVERS =
            List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 53));
    private static final Path NO_HOSTS = Path.of("/dev/null");

    static Stream<Named<byte[]>> answers() {
        return Stream.of(
                Named.of(
                        "two addresses",
                        answer(Type.A, "a.example. 300 IN A 203.0.113.1", "a.example. 60 IN A 203.0.113.2")),
                Named.of("IPv6", answer(Type.AAAA, "a.example. 60 IN AAAA 2001:db8::1")),
                Named.of(
                        "aliases",
                        answer(
                                Type.A,
                                "a.example. 40 IN CNAME cdn.example.",
                                "cdn.example. 300 IN CNAME far.example.",
                                "far.example. 300 IN A 203.0.113.7")),
                Named.of("an alias of itself", answer(Type.A, "a.example. 40 IN CNAME a.example.")),
                Named.of("a service", answer(Type.SRV, "_sip._udp.a.example. 9 IN SRV 1 2 5060 a.example.")),
                Named.of("an update", update()));
    }

    /** With the opcode of updates (RFC 2136), records may be empty. */
    private static byte[] update() {
        var message = new Message(7);
        message.getHeader().setFlag(Flags.QR);
        message.getHeader().setOpcode(Opcode.UPDATE);
        var name = Name.fromConstantString("a.example.");
        message.addRecord(Record.newRecord(name, Type.A, DClass.IN), Section.QUESTION);
        message.addRecord(Record.newRecord(name, Type.A, DClass.IN, 60), Section.ANSWER);
        return message.toWire();
    }

    private static byte[] answer(int type, String... records) {
        var message = new Message(7);
        message.getHeader().setFlag(Flags.QR);
        message.getHeader().setOpcode(Opcode.QUERY);
        message.addRecord(Record.newRecord(Name.fromConstantString("a.example."), type, DClass.IN), Section.QUESTION);
        var zone = String.join("\n", records).getBytes(StandardCharsets.US_ASCII);
        try (var master = new Master(new ByteArrayInputStream(zone))) {
            for (var record = master.nextRecord(); record != null; record = master.nextRecord()) {
                message.addRecord(record, Section.ANSWER);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return message.toWire();
    }

    @MethodSource("answers")
    @FuzzTest
    void anyMessageIsAddressesOrUnknown(byte[] bytes) {
        for (var name : List.of("a.example", "_sip._udp.a.example")) {
            var resolver = new DnsResolver(
                    Duration.ofSeconds(1), () -> SERVERS, NO_HOSTS, (server, question, patience) -> new Message(bytes));
            var answer = resolver.resolve(new HostName(name));
            assertThat(answer.ttl()).isBetween(Duration.ZERO, Duration.ofSeconds(Integer.MAX_VALUE));
            assertThat(answer.failures().values())
                    .allSatisfy(why -> assertThat(why).isNotBlank().hasSizeLessThan(500));
        }
    }
}
