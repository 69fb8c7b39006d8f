package io.portero.names;

import io.portero.policy.Family;
import io.portero.policy.Ip;
import io.portero.policy.Reference.HostName;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SRVRecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;
import org.xbill.DNS.config.ResolvConfResolverConfigProvider;
import org.xbill.DNS.hosts.HostsFileParser;

/**
 * Resolves names by {@code /etc/hosts}, then by the name servers in {@code /etc/resolv.conf}, which are read for each
 * query.
 *
 * <p>Each server has two seconds and at most two tries; the whole query ends within ten seconds. A truncated answer is
 * fetched again over TCP.
 *
 * <p>This class follows aliases and retries itself and does not use dnsjava's LookupSession and ExtendedResolver
 * (dnsjava 3.6). The session's result lacks the TTL of aliases, which is needed to know when to resolve again. The
 * resolver treats SERVFAIL and REFUSED as final instead of trying the next server, has an order of its own, and does
 * not report which server failed.
 */
public final class DnsResolver implements Resolver {
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final int ROUNDS = 2;
    private static final int LONGEST_CHAIN = 16;

    private final Duration limit;
    private final Supplier<List<InetSocketAddress>> servers;
    private final HostsFileParser hosts;
    private final Exchange exchange;

    /** Sends a query to a server and waits for the answer. */
    @FunctionalInterface
    interface Exchange {
        Message send(InetSocketAddress server, Message question, Duration patience) throws IOException;
    }

    public DnsResolver() {
        this(LIMIT);
    }

    /** @param limit the time limit for the whole query */
    public DnsResolver(Duration limit) {
        this(limit, DnsResolver::servers, Path.of("/etc/hosts"));
    }

    /** @param servers called for each query */
    DnsResolver(Duration limit, Supplier<List<InetSocketAddress>> servers, Path hosts) {
        this(limit, servers, hosts, DnsResolver::send);
    }

    DnsResolver(Duration limit, Supplier<List<InetSocketAddress>> servers, Path hosts, Exchange exchange) {
        this.limit = limit;
        this.servers = servers;
        this.hosts = new HostsFileParser(hosts);
        this.exchange = exchange;
    }

    @Override
    public Answer resolve(HostName name) {
        try {
            var question = Name.fromString(name.name() + ".");
            return new Inquiry(servers.get(), System.nanoTime() + limit.toNanos()).of(question, name.namesServices());
        } catch (TextParseException e) {
            return Answer.failed("it is not a valid DNS name: " + e.getMessage());
        }
    }

    /** The file is read each time, because a DHCP client may rewrite it at any time. */
    private static List<InetSocketAddress> servers() {
        var file = new ResolvConfResolverConfigProvider();
        file.initialize();
        return file.servers();
    }

    private static Message send(InetSocketAddress server, Message question, Duration patience) throws IOException {
        var resolver = new SimpleResolver(server);
        resolver.setTimeout(patience);
        return resolver.send(question);
    }

    /** Thrown when a query has no answer; the message is a clause. */
    private static final class Unanswered extends Exception {
        Unanswered(String why) {
            super(why, null, false, false);
        }
    }

    /** All queries for one name. */
    private final class Inquiry {
        private final List<InetSocketAddress> servers;
        private final long deadline;
        private final Set<Ip> addresses = new HashSet<>();
        private final EnumMap<Family, String> failures = new EnumMap<>(Family.class);
        private long ttl = Integer.MAX_VALUE;

        Inquiry(List<InetSocketAddress> servers, long deadline) {
            this.servers = servers;
            this.deadline = deadline;
        }

        Answer of(Name name, boolean services) {
            try {
                for (var host : services ? targets(name) : List.of(name)) {
                    ask(host);
                }
            } catch (Unanswered e) {
                return Answer.failed(String.valueOf(e.getMessage()));
            }
            return new Answer(addresses, failures, Duration.ofSeconds(addresses.isEmpty() ? 0 : ttl));
        }

        private List<Name> targets(Name service) throws Unanswered {
            var targets = new ArrayList<Name>();
            for (var record : answer(service, Type.SRV, 0)) {
                var target = ((SRVRecord) record).getTarget();
                if (!target.equals(Name.root)) { // RFC 2782: a target of "." means that the service is not available
                    targets.add(target);
                }
            }
            return targets;
        }

        private void ask(Name host) {
            if (isInHostsFile(host)) {
                ttl = 0;
                return;
            }
            ask(host, Family.V4, Type.A);
            ask(host, Family.V6, Type.AAAA);
        }

        private boolean isInHostsFile(Name host) {
            boolean found = false;
            for (int type : List.of(Type.A, Type.AAAA)) {
                try {
                    var address = hosts.getAddressForHost(host, type);
                    address.ifPresent(a -> addresses.add(Ip.of(a)));
                    found |= address.isPresent();
                } catch (IOException e) {
                    // Use DNS instead.
                }
            }
            return found;
        }

        private void ask(Name host, Family family, int type) {
            try {
                for (var record : answer(host, type, 0)) {
                    addresses.add(Ip.of(address(record)));
                }
            } catch (Unanswered e) {
                failures.put(family, String.valueOf(e.getMessage()));
            }
        }

        private static InetAddress address(Record record) {
            return record instanceof ARecord a ? a.getAddress() : ((AAAARecord) record).getAddress();
        }

        /** The records of this type at the end of the alias chain of the name. */
        private List<Record> answer(Name name, int type, int length) throws Unanswered {
            var section = send(name, type).getSection(Section.ANSWER);
            var end = name;
            while (alias(section, end) instanceof CNAMERecord alias) {
                if (++length > LONGEST_CHAIN) {
                    throw new Unanswered("its aliases (CNAME) lead to no address");
                }
                ttl = Math.min(ttl, alias.getTTL());
                end = alias.getTarget();
            }
            var found = new ArrayList<Record>();
            for (var record : section) {
                if (record.getType() == type && record.getName().equals(end)) {
                    ttl = Math.min(ttl, record.getTTL());
                    found.add(record);
                }
            }
            return found.isEmpty() && !end.equals(name) ? answer(end, type, length) : found;
        }

        private static @Nullable Record alias(List<Record> section, Name name) {
            return section.stream()
                    .filter(r -> r.getType() == Type.CNAME && r.getName().equals(name))
                    .findFirst()
                    .orElse(null);
        }

        /** The first conclusive answer of a server. */
        private Message send(Name name, int type) throws Unanswered {
            var why = "/etc/resolv.conf has no nameserver";
            for (int round = 0; round < ROUNDS; round++) {
                for (var server : servers) {
                    long left = deadline - System.nanoTime();
                    if (left <= 0) {
                        throw new Unanswered(why);
                    }
                    try {
                        var question = Message.newQuery(Record.newRecord(name, type, DClass.IN));
                        var answer =
                                exchange.send(server, question, Duration.ofNanos(Math.min(left, PATIENCE.toNanos())));
                        boolean answers = answer.getHeader().getOpcode() == Opcode.QUERY;
                        if (answers && (answer.getRcode() == Rcode.NOERROR || answer.getRcode() == Rcode.NXDOMAIN)) {
                            return answer;
                        }
                        // With another opcode records may be empty (RFC 2136, 2.4) and have no address.
                        why = text(server)
                                + (answers ? " says " + Rcode.string(answer.getRcode()) : " answers another question");
                    } catch (IOException e) {
                        why = text(server) + " does not answer";
                    } catch (IllegalArgumentException e) {
                        // The library throws this for a TTL, a class or a type out of range.
                        why = text(server) + " sends an answer that cannot be read";
                    }
                }
            }
            throw new Unanswered(why);
        }

        private static String text(InetSocketAddress server) {
            return server.getAddress().getHostAddress();
        }
    }
}
