package io.portero.exposure;

import io.portero.policy.PortRange;
import io.portero.policy.Protocol;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Knows, by port and by program, what should not be open to everybody: databases, caches, brokers, exporters and
 * control ports of telephone systems.
 *
 * <p>The ports are those that OMniLeads and its like use by default (IANA's registry, and the programs' own manuals).
 */
final class Delicate {
    private static final Map<Integer, String> TCP = new TreeMap<>(Map.ofEntries(
            Map.entry(23, "telnet"),
            Map.entry(111, "rpcbind"),
            Map.entry(139, "SMB"),
            Map.entry(389, "LDAP"),
            Map.entry(445, "SMB"),
            Map.entry(873, "rsync"),
            Map.entry(1433, "SQL Server"),
            Map.entry(2049, "NFS"),
            Map.entry(2375, "Docker API"),
            Map.entry(2376, "Docker API"),
            Map.entry(2379, "etcd"),
            Map.entry(3000, "Grafana"),
            Map.entry(3100, "Loki"),
            Map.entry(3306, "MySQL"),
            Map.entry(4730, "Gearman"),
            Map.entry(5038, "Asterisk AMI"),
            Map.entry(5432, "PostgreSQL"),
            Map.entry(5672, "RabbitMQ"),
            Map.entry(5900, "VNC"),
            Map.entry(6379, "Redis"),
            Map.entry(7088, "Asterisk ARI"),
            Map.entry(8021, "FreeSWITCH event socket"),
            Map.entry(8088, "Asterisk ARI"),
            Map.entry(8500, "Consul"),
            Map.entry(9000, "MinIO"),
            Map.entry(9001, "MinIO"),
            Map.entry(9090, "Prometheus"),
            Map.entry(9093, "Alertmanager"),
            Map.entry(9200, "Elasticsearch"),
            Map.entry(9300, "Elasticsearch"),
            Map.entry(10060, "Kamailio"),
            Map.entry(11211, "memcached"),
            Map.entry(15672, "RabbitMQ"),
            Map.entry(27017, "MongoDB")));
    private static final Map<Integer, String> UDP = new TreeMap<>(Map.of(
            69, "TFTP",
            111, "rpcbind",
            161, "SNMP",
            389, "LDAP",
            1900, "SSDP",
            11211, "memcached",
            22222, "RTPengine control"));
    /** Prometheus' wiki on default port allocations gives exporters 9100 and on. */
    private static final PortRange EXPORTERS = new PortRange(Protocol.TCP, 9100, 9199);

    private static final Set<String> PROGRAMS = Set.of(
            "postgres",
            "mysqld",
            "mariadbd",
            "redis-server",
            "valkey-server",
            "mongod",
            "memcached",
            "etcd",
            "dockerd",
            "gearmand",
            "minio",
            "prometheus",
            "loki",
            "grafana",
            "grafana-server");

    private Delicate() {}

    /** What it is, if it is delicate; for a published port the target counts. */
    static Optional<String> name(Listener listener) {
        if (listener instanceof Listener.Socket socket && socket.program().equals("portero")) {
            return Optional.of("metrics"); // on the port that Prometheus itself uses elsewhere
        }
        return byPort(listener.ports()).or(() -> switch (listener) {
            case Listener.Socket socket ->
                isDelicate(socket.program()) ? Optional.of(socket.program()) : Optional.empty();
            case Listener.Published published -> behind(published);
        });
    }

    private static Optional<String> behind(Listener.Published published) {
        var port = published.to().substring(published.to().lastIndexOf(':') + 1);
        try {
            return byPort(
                    PortRange.parse(port + "/" + published.ports().protocol().word()));
        } catch (PortRange.NotAPort e) {
            return Optional.empty(); // without another port, the target has the dialled port
        }
    }

    private static boolean isDelicate(String program) {
        return PROGRAMS.contains(program) || program.endsWith("_exporter") || program.endsWith("_exporte");
    }

    private static Optional<String> byPort(PortRange ports) {
        if (ports.protocol() == Protocol.TCP) {
            return known(TCP, ports).or(() -> EXPORTERS.contains(ports) ? Optional.of("exporter") : Optional.empty());
        }
        return ports.protocol() == Protocol.UDP ? known(UDP, ports) : Optional.empty();
    }

    private static Optional<String> known(Map<Integer, String> names, PortRange ports) {
        return Stream.of(ports)
                .filter(p -> p.first() == p.last())
                .flatMap(p -> Optional.ofNullable(names.get(p.first())).stream())
                .findFirst();
    }
}
