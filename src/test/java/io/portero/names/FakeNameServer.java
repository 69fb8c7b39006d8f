package io.portero.names;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.DNAMERecord;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Master;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.NameTooLongException;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;

/** A name server on loopback, over UDP and TCP. */
final class FakeNameServer implements AutoCloseable {
    private final DatagramSocket datagrams;
    private final ServerSocket streams;
    private final List<Record> records = new ArrayList<>();
    private final Set<String> lastOfTheirAnswer = new HashSet<>();
    private int rcode = Rcode.NOERROR;
    private boolean silent;
    private boolean cutting;
    private boolean updating;

    FakeNameServer() {
        try {
            streams = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"));
            datagrams = new DatagramSocket(streams.getLocalPort(), InetAddress.getByName("127.0.0.1"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::serveDatagrams);
        Thread.ofVirtual().start(this::serveStreams);
    }

    InetSocketAddress address() {
        return new InetSocketAddress(datagrams.getLocalAddress(), datagrams.getLocalPort());
    }

    synchronized FakeNameServer has(String... zone) {
        for (var line : zone) {
            try (var master = new Master(new ByteArrayInputStream(line.getBytes(StandardCharsets.US_ASCII)))) {
                records.add(master.nextRecord());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return this;
    }

    /** Makes the server end its answer at an alias to this name; only a query for that name returns the rest. */
    synchronized void andTellsOneAtATime(String name) {
        lastOfTheirAnswer.add(name);
    }

    synchronized void says(int code) {
        rcode = code;
    }

    synchronized void isSilent() {
        silent = true;
    }

    synchronized void cutsDatagramsShort() {
        cutting = true;
    }

    /** Makes the server answer with an update (RFC 2136), whose records are empty. */
    synchronized void sendsUpdates() {
        updating = true;
    }

    private void serveDatagrams() {
        try {
            var buffer = new byte[1500];
            while (true) {
                var packet = new DatagramPacket(buffer, buffer.length);
                datagrams.receive(packet);
                var answer = answer(new Message(Arrays.copyOf(packet.getData(), packet.getLength())), true);
                if (answer.isPresent()) {
                    var wire = answer.get().toWire();
                    datagrams.send(new DatagramPacket(wire, wire.length, packet.getSocketAddress()));
                }
            }
        } catch (IOException e) {
            // The server was closed.
        }
    }

    private void serveStreams() {
        while (!streams.isClosed()) {
            try (var peer = streams.accept();
                    var in = new DataInputStream(peer.getInputStream());
                    var out = new DataOutputStream(peer.getOutputStream())) {
                var answer = answer(new Message(in.readNBytes(in.readUnsignedShort())), false);
                if (answer.isPresent()) {
                    var wire = answer.get().toWire();
                    out.writeShort(wire.length);
                    out.write(wire);
                    out.flush();
                    in.read();
                }
            } catch (IOException e) {
                // The server or the client has closed the connection.
            }
        }
    }

    private synchronized Optional<Message> answer(Message query, boolean datagram) throws NameTooLongException {
        if (silent) {
            return Optional.empty();
        }
        var answer = new Message(query.getHeader().getID());
        answer.getHeader().setFlag(Flags.QR);
        answer.getHeader().setRcode(rcode);
        answer.addRecord(query.getQuestion(), Section.QUESTION);
        if (updating) {
            answer.getHeader().setOpcode(Opcode.UPDATE);
            var question = query.getQuestion();
            answer.addRecord(Record.newRecord(question.getName(), question.getType(), DClass.IN, 60), Section.ANSWER);
        } else if (datagram && cutting) {
            answer.getHeader().setFlag(Flags.TC);
        } else if (rcode == Rcode.NOERROR) {
            fill(answer, query.getQuestion().getName(), query.getQuestion().getType());
        }
        return Optional.of(answer);
    }

    private void fill(Message answer, Name name, int type) throws NameTooLongException {
        var known = false;
        for (int links = 0; links < 20; links++) {
            Optional<Name> next = Optional.empty();
            for (var record : records) {
                known |= record.getName().equals(name);
                if (record.getName().equals(name) && record.getType() == type) {
                    answer.addRecord(record, Section.ANSWER);
                } else if (record instanceof CNAMERecord alias
                        && alias.getName().equals(name)) {
                    answer.addRecord(alias, Section.ANSWER);
                    next = Optional.of(alias.getTarget());
                } else if (record instanceof DNAMERecord moved
                        && !name.equals(moved.getName())
                        && name.subdomain(moved.getName())) {
                    var target = name.fromDNAME(moved);
                    known = true;
                    answer.addRecord(moved, Section.ANSWER);
                    answer.addRecord(new CNAMERecord(name, DClass.IN, moved.getTTL(), target), Section.ANSWER);
                    next = Optional.of(target);
                }
            }
            if (next.isEmpty()
                    || lastOfTheirAnswer.contains(next.get().toString())
                    || answer.getSection(Section.ANSWER).size() > 8) {
                break;
            }
            name = next.get();
        }
        if (!known) {
            answer.getHeader().setRcode(Rcode.NXDOMAIN);
        }
    }

    @Override
    public void close() {
        try {
            datagrams.close();
            streams.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
