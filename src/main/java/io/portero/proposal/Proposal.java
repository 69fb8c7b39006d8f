package io.portero.proposal;

import io.portero.exposure.Exposure.Door;
import io.portero.exposure.Interfaces;
import io.portero.policy.AddressSet;
import io.portero.policy.Ip;
import io.portero.safety.Session;
import io.portero.safety.WayIn;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Writes a first policy for a host.
 *
 * <p>It admits the addresses that are logged in now, opens public services, and closes dangerous ports. If nothing is
 * known, it leaves ssh open to everybody and the rest closed.
 */
public final class Proposal {
    private final HostFacts host;
    private final Wishes wishes;
    private final Doors doors;
    private final Telephony telephony;
    private final VoiceOffers voice;
    private final Interfaces interfaces;
    private final Offers chosen;
    private final List<Offer> offers;
    private final PolicyText text = new PolicyText();

    private Proposal(HostFacts host, Wishes wishes) {
        this.host = host;
        this.wishes = wishes;
        this.doors = new Doors(host.listeners(), host.voice());
        this.voice = new VoiceOffers(doors, host.voice());
        this.telephony =
                Telephony.of(doors, !voice.titles().isEmpty(), !wishes.itsp().isEmpty());
        this.chosen = new Offers(host, wishes, doors, telephony, voice);
        this.interfaces = new Interfaces(host.surroundings());
        this.offers = chosen.all();
    }

    /** The whole file. */
    public static String of(HostFacts host, Wishes wishes) {
        return new Proposal(host, wishes).write();
    }

    private String write() {
        heading();
        groups();
        services();
        rest();
        new ProposedTests(host, wishes, offers, closed(), peers()).write(text);
        settings();
        return text.toString();
    }

    private void heading() {
        text.line("# Portero policy, proposed by portero init from what this host shows.");
        text.line("# Read it and correct it. Then, before the agent uses it:");
        text.line("#");
        text.line("#   portero check FILE       finds every mistake and runs the tests");
        text.line("#   portero plan FILE        says who would gain and who would lose access");
        text.line("#   portero exposure FILE    says who could reach what listens here");
        switch (telephony) {
            case OMNILEADS, OMNILEADS_COMPOSE ->
                remark("This host looks like OMniLeads: " + Telephony.signs(doors) + ".");
            case ASTERISK -> remark("This host looks like an Asterisk: " + Telephony.signs(doors) + ".");
            case OTHER -> remark("Telephony: " + String.join(", ", voice.titles()) + ".");
            case EXPECTED -> remark("You gave a carrier, but nothing listens for its calls yet.");
            case NONE -> {}
        }
        var sides = interfaces.sides().keySet().stream()
                .map(name -> interfaces.inWords(List.of(name)) + " "
                        + interfaces.addresses(name).stream().map(Ip::toString).collect(Collectors.joining(" ")))
                .collect(Collectors.joining("; "));
        if (!sides.isEmpty()) {
            remark("Interfaces: " + sides + ".");
        }
        if (!voice.unreadable().isEmpty()) {
            remark("Not readable, so only the sockets were used: " + String.join(", ", voice.unreadable())
                    + "; run as root.");
        }
        if (host.hidesPrograms()) {
            remark("Not all programs are known: they belong to the kernel or to other users; root sees more.");
        }
        text.blank();
        text.line("mode: enforce", "observe: drop nothing, count what would be dropped");
        text.blank();
    }

    private void remark(String sentence) {
        text.line("#");
        text.comment("", sentence);
    }

    private void groups() {
        text.line("groups:");
        admins();
        if (offers.stream().anyMatch(o -> o.from().equals("itsp")) || telephony != Telephony.NONE) {
            text.comment(
                    "  ",
                    "The signalling and media addresses of your carrier. Ask it for the complete list:"
                            + " media often comes from other addresses than signalling.");
            members("itsp", wishes.itsp(), "such as 203.0.113.0/24 or sip.carrier.example");
        }
        if (offers.stream().anyMatch(o -> o.from().equals(VoiceOffers.PHONES))) {
            text.line("  # Phones, apps and bridges outside of your network.");
            members(VoiceOffers.PHONES, List.of(), "such as 198.51.100.0/28 or office.example");
        }
        if (offers.stream().anyMatch(o -> o.from().equals(Offers.CLUSTER))) {
            text.line("  # The other hosts of this cluster.");
            members(Offers.CLUSTER, List.of(), "such as 10.20.0.11-10.20.0.13");
        }
        if (!wishes.monitoring().isEmpty()) {
            text.line("  # Where Prometheus and Grafana run.");
            members("monitoring", wishes.monitoring(), "");
        }
        text.blank();
    }

    private void admins() {
        text.line("  # Who logs in to repair this host.");
        if (wishes.admins().isEmpty()) {
            text.line("  admins: []", "such as 198.51.100.7 or \"2001:db8:ad::/48\"");
            peers().forEach(p -> text.line("  #  - " + PolicyText.word(p), "is logged in now"));
            return;
        }
        text.line("  admins:");
        wishes.admins().forEach(word -> text.line("    - " + PolicyText.word(word)));
        missing().forEach(p -> text.line("    - " + PolicyText.word(p), "is logged in now, but was not given"));
    }

    private void members(String group, List<String> words, String example) {
        if (words.isEmpty()) {
            text.line("  " + group + ": []", example);
        } else {
            text.line("  " + group + ":");
            words.forEach(word -> text.line("    - " + PolicyText.word(word)));
        }
    }

    /** The addresses from which somebody is logged in. */
    private List<String> peers() {
        return WayIn.remote(host.loggedIn()).stream()
                .map(Session::peer)
                .collect(Collectors.toCollection(TreeSet::new))
                .stream()
                .map(Ip::toString)
                .toList();
    }

    /** The ones that no address of the admins covers; addresses of names are not known here. */
    private List<String> missing() {
        var admins = AddressSet.of(Wishes.literals(wishes.admins()));
        return WayIn.remote(host.loggedIn()).stream()
                .map(Session::peer)
                .filter(p -> !admins.contains(p))
                .collect(Collectors.toCollection(TreeSet::new))
                .stream()
                .map(Ip::toString)
                .toList();
    }

    private void services() {
        text.line("services:");
        for (var offer : offers) {
            text.comment("  ", offer.why());
            text.line("  " + offer.line());
        }
        var closed = closed();
        if (!closed.isEmpty()) {
            text.blank();
            text.comment(
                    "  ",
                    "Listening here but not opened, and better never opened to everybody: anybody who reaches"
                            + " these can read or control what is behind them.");
            closed.forEach(d -> text.line("  #   " + String.format("%-12s", d.ports()) + " " + describe(d)));
        }
        undecided();
        text.blank();
    }

    private String describe(Door door) {
        var on = interfaces.of(door.listeners());
        return PolicyText.legible(Doors.inWords(door) + (on.isEmpty() ? "" : " on " + interfaces.inWords(on)));
    }

    private List<Door> closed() {
        return doors.delicate().stream()
                .filter(d -> offers.stream().noneMatch(o -> o.covers(d.ports())))
                .toList();
    }

    private void undecided() {
        var undecided = Undecided.in(doors, interfaces, offers);
        if (undecided.isEmpty()) {
            return;
        }
        text.blank();
        text.comment(
                "  ",
                "Also listening here, and closed as long as these lines are comments: open what others need,"
                        + " only to those who need it.");
        for (var offer : undecided) {
            if (Undecided.areMany(offer)) {
                var ports = offer.ports();
                text.line("  #   " + ports.size() + " ports from "
                        + ports.getFirst().first() + " to " + ports.getLast() + ": " + PolicyText.legible(offer.why()));
            } else {
                text.line("  # " + offer.line(), offer.why());
            }
        }
    }

    private void rest() {
        text.line("ping: [any]", "who may ping; necessary ICMP and ICMPv6 always pass");
        trustedInterfaces();
        text.blank();
    }

    private void trustedInterfaces() {
        var trust = new ContainerBridges(host.surroundings());
        trust.uplinks()
                .forEach(uplink -> text.comment(
                        "",
                        uplink + " has the name of a container bridge, but traffic from the Internet comes in"
                                + " by it: it must not be trusted."));
        text.line(
                "trusted-interfaces: " + PolicyText.list(trust.patterns()),
                "not filtered: the bridges of containers (lo never is)");
    }

    private void settings() {
        text.line("safety:");
        text.line("  lockout-guard: true", "refuse a policy that would cut off every live management session");
        text.line("  confirm: management", "which changes start on probation: never | management | always");
        text.line("  confirm-within: 2m");
        text.blank();
        text.line("agent:");
        var where = wishes.monitoring().isEmpty() ? "127.0.0.1" : "0.0.0.0";
        text.line("  metrics: { host: " + where + ", port: " + chosen.metricsPort() + " }");
    }
}
