package io.portero.migration;

import io.portero.policy.AddressRange;
import io.portero.policy.AddressSet;
import io.portero.policy.PortRange;
import io.portero.policy.Protocol;
import io.portero.proposal.PolicyText;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Writes the policy that admits what another firewall admits, and nothing more. */
public final class MigratedPolicy {
    private static final int MANY = 2;
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,23}");

    private final ForeignRules foreign;
    private final Carried carried;
    private final Set<Integer> ssh;
    private final PolicyText text = new PolicyText();
    private final Set<String> taken = new TreeSet<>();

    private MigratedPolicy(ForeignRules foreign, Set<Integer> ssh) {
        this.ssh = ssh;
        this.foreign = foreign.closed() || foreign.rules().stream().anyMatch(r -> r.admits() && isWayIn(r.ports()))
                ? foreign
                : foreign.and(wayIn());
        this.carried = Carried.of(this.foreign);
    }

    /**
     * The whole file.
     *
     * @param option the option of the command line that asked for it
     * @param files the files that were read
     * @param ssh the ports of sshd
     */
    public static String of(ForeignRules foreign, String option, List<String> files, Set<Integer> ssh) {
        return new MigratedPolicy(foreign, ssh).write(option, files);
    }

    private record Service(String name, Carried.Way way, List<String> from, boolean management, List<String> notes) {}

    private String write(String option, List<String> files) {
        var services = services();
        heading(option, files);
        text.line("mode: enforce", "observe: drop nothing, count what would be dropped");
        text.blank();
        groups(services);
        text.line("services:");
        services.forEach(this::service);
        if (lacksWayIn(services)) {
            wayInForNobody();
        }
        text.blank();
        if (!carried.refused().isEmpty()) {
            text.line("deny: [refused]");
        }
        text.line("ping: " + PolicyText.list(ping()), "who may ping; necessary ICMP and ICMPv6 always pass");
        text.line(
                "trusted-interfaces: " + PolicyText.list(List.copyOf(carried.trusted())),
                "not filtered (lo never is): add the bridges of containers");
        text.blank();
        text.line("safety:");
        text.line("  lockout-guard: true", "refuse a policy that would cut off every live management session");
        return text.toString();
    }

    private void heading(String option, List<String> files) {
        text.comment(
                "", "Portero policy, proposed by portero init " + option + " from " + String.join(", ", files) + ".");
        text.line("# Read it and correct it. Then, before the agent uses it:");
        text.line("#");
        text.line("#   portero check FILE       finds every mistake");
        text.line("#   portero plan FILE        says who would gain and who would lose access");
        text.line("#   portero exposure FILE    says who could reach what listens here");
        if (!foreign.closed()) {
            text.line("#");
            text.comment(
                    "",
                    "The old rules admitted what they did not name. A policy drops it. See portero exposure,"
                            + " and portero suggest after a day in mode observe.");
        }
        var left = new ArrayList<>(foreign.left());
        left.addAll(carried.left());
        if (!left.isEmpty()) {
            text.line("#");
            text.line("# Not carried over:");
            left.forEach(text::item);
        }
        text.blank();
    }

    private List<Service> services() {
        var services = new ArrayList<Service>();
        for (var entry : carried.open().entrySet()) {
            var way = entry.getKey();
            var from = words(entry.getValue().from());
            var notes = entry.getValue().notes();
            var known = KnownPorts.name(way.ports());
            var called = notes.size() == 1
                    && known.startsWith("port")
                    && NAME.matcher(notes.getFirst()).matches();
            var name = unique(called ? notes.getFirst() : known);
            services.add(new Service(name, way, from, isWayIn(way.ports()), notes));
        }
        return services;
    }

    /** If everything was open, ssh was open too, except to sources that a rule refused. */
    private ForeignRules wayIn() {
        var ports = ssh.stream().map(p -> new PortRange(Protocol.TCP, p, p)).toList();
        var rule = new ForeignRule(
                "ssh",
                true,
                ports,
                ForeignRule.ANYBODY,
                List.of(),
                List.of(),
                "No rule names ssh; like everything else, it was open.");
        return new ForeignRules(true, AddressSet.EMPTY, List.of(rule), List.of());
    }

    private String unique(String name) {
        var unique = name;
        for (int i = 2; !taken.add(unique); i++) {
            unique = name + "-" + i;
        }
        return unique;
    }

    private boolean isWayIn(List<PortRange> ports) {
        return ports.stream()
                .anyMatch(p ->
                        p.protocol() == Protocol.TCP && ssh.stream().anyMatch(s -> p.first() <= s && s <= p.last()));
    }

    private static List<String> words(AddressSet from) {
        return from.equals(ForeignRule.ANYBODY)
                ? List.of("any")
                : from.ranges().stream().map(AddressRange::toString).toList();
    }

    private void groups(List<Service> services) {
        var groups = new LinkedHashMap<String, List<String>>();
        services.stream().filter(s -> isGroup(s.from)).forEach(s -> groups.put(groupOf(s), s.from));
        boolean nobody = lacksWayIn(services);
        if (groups.isEmpty() && carried.refused().isEmpty() && !nobody) {
            return;
        }
        text.line("groups:");
        if (nobody) {
            text.line("  admins: []", "such as 198.51.100.7");
        }
        groups.forEach(this::group);
        if (!carried.refused().isEmpty()) {
            text.line("  # Denied before any service is looked at.");
            group("refused", words(carried.refused()));
        }
        text.blank();
    }

    private void group(String name, List<String> members) {
        text.line("  " + name + ":");
        members.forEach(member -> text.line("    - " + PolicyText.word(member)));
    }

    private static boolean isGroup(List<String> from) {
        return from.size() > MANY;
    }

    private static String groupOf(Service service) {
        return service.name + "-sources";
    }

    private void service(Service service) {
        service.notes.stream().filter(note -> !service.name.startsWith(note)).forEach(note -> text.comment("  ", note));
        var from = isGroup(service.from) ? List.of(groupOf(service)) : service.from;
        var ports = service.way.ports().stream().map(PortRange::toString).toList();
        text.line("  " + service.name + ": { ports: " + PolicyText.list(ports) + ", from: " + PolicyText.list(from)
                + key("on", service.way.on()) + key("to", service.way.to())
                + (service.management ? ", management: true" : "") + " }");
    }

    private static String key(String key, List<String> words) {
        return words.isEmpty() ? "" : ", " + key + ": " + PolicyText.list(words);
    }

    /** Admits nobody until the operator adds an address: the old rules did not show the operator's way in. */
    private void wayInForNobody() {
        text.comment("  ", "No rule admitted ssh: write into admins who may log in.");
        text.line("  " + unique("ssh") + ": { ports: "
                + PolicyText.list(ssh.stream().map(p -> p + "/tcp").toList()) + ", from: [admins], management: true }");
    }

    private static boolean lacksWayIn(List<Service> services) {
        return services.stream().noneMatch(Service::management);
    }

    private List<String> ping() {
        return foreign.closed() ? words(foreign.ping()) : List.of("any");
    }
}
