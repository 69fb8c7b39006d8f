package io.portero.doctor;

import static io.portero.doctor.Patient.local;
import static io.portero.doctor.Patient.omnileads;
import static io.portero.doctor.Patient.ports;
import static org.assertj.core.api.Assertions.assertThat;

import io.portero.doctor.ForeignBaseChain.Maker;
import io.portero.doctor.HostState.Clock;
import io.portero.doctor.HostState.Death;
import io.portero.doctor.HostState.Services;
import io.portero.doctor.HostState.SipHelper;
import io.portero.doctor.HostState.Tables;
import io.portero.telephony.Installation;
import io.portero.telephony.Use;
import io.portero.telephony.VoiceProgram;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.api.AbstractStringAssert;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** These tests cause each kind of finding; the last check counts them. */
@TestInstance(Lifecycle.PER_CLASS)
class DoctorTest {
    private final Set<String> provoked = new TreeSet<>();

    private List<Finding> findings(Patient patient) {
        var findings = patient.examined().findings();
        findings.forEach(f -> provoked.add(f.getClass().getSimpleName()));
        return findings;
    }

    /** The only finding. */
    private Finding only(Patient patient) {
        var findings = findings(patient);
        assertThat(findings).hasSize(1);
        return findings.getFirst();
    }

    private AbstractStringAssert<?> mend(Patient patient, Severity severity) {
        var finding = only(patient);
        assertThat(finding.severity()).as(finding.what()).isEqualTo(severity);
        return assertThat(finding.mend());
    }

    @AfterAll
    void everyKindOfFindingWasProvoked() {
        var kinds = Stream.of(Finding.class.getPermittedSubclasses())
                .flatMap(topic -> Arrays.stream(topic.getPermittedSubclasses()))
                .map(Class::getSimpleName)
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(provoked).isEqualTo(kinds);
    }

    @Test
    void aHostWithoutProblemsHasNoFindings() {
        var diagnosis = omnileads().examined();
        assertThat(diagnosis.findings()).isEmpty();
        assertThat(diagnosis.isWrong()).isFalse();
        assertThat(diagnosis.lookedAt()).contains("ports of Asterisk, RTPengine");
    }

    @Test
    void everyFindingHasSentencesAndARemedy() {
        var findings = findings(ill());
        assertThat(findings)
                .hasSizeGreaterThan(8)
                .isSortedAccordingTo(Finding.ORDER)
                .allSatisfy(f -> {
                    assertThat(f.what()).endsWith(".");
                    assertThat(f.why()).matches("(?s)[A-Z].*\\.");
                    assertThat(f.mend()).isNotBlank().doesNotContain("\n");
                    assertThat(f.id()).matches("[a-z]+(-[a-z]+)*");
                });
    }

    private static Patient ill() {
        return omnileads()
                .runs(
                        VoiceProgram.COTURN,
                        ports(Use.TURN, "3478/udp", "TURN"),
                        ports(Use.MEDIA, "49152-65535/udp", "relays"))
                .module("nf_conntrack_sip")
                .setting("net.ipv4.ip_forward", 1)
                .setting("net.netfilter.nf_conntrack_count", 250_000)
                .counter("Ip.ReasmFails", 500)
                .counter("Ip.ReasmReqds", 900)
                .listens("9090/tcp", "0.0.0.0", "prometheus")
                .ssh(2222)
                .resolver("203.0.113.53")
                .notInForce()
                .refused(2)
                .with("""
                        groups: { itsp: [203.0.113.0/24], bad: [203.0.113.53] }
                        services:
                          ssh: { ports: [22/tcp], from: [any], management: true }
                          rtp: { ports: [40000-50000/udp], from: [itsp] }
                        deny: [bad]
                        outgoing:
                          default: drop
                          services:
                            web: { ports: [80/tcp, 443/tcp], to: [any] }
                            rest: { ports: [53/udp, 123/udp], to: [192.0.2.53] }
                        """);
    }

    @Test
    void theSipHelperIsFoundInARule() {
        var tables = new Tables(
                List.of(), List.of(new SipHelper("iptables, table raw, chain PREROUTING", true)), Optional.empty());
        mend(omnileads().tables(tables).module("nf_conntrack_sip"), Severity.ERROR)
                .contains("grep 'helper sip'");
    }

    @Test
    void theSipHelperIsFoundWhenTheKernelAttachesItByItself() {
        mend(omnileads().setting("net.netfilter.nf_conntrack_helper", 1), Severity.ERROR)
                .contains("net.netfilter.nf_conntrack_helper = 0");
    }

    @Test
    void aModuleThatNoRuleUsesIsAHint() {
        mend(omnileads().module("nf_conntrack_sip").module("nf_nat_sip"), Severity.HINT)
                .startsWith("modprobe -r nf_nat_sip nf_conntrack_sip ");
    }

    @Test
    void aRangeThatIsOnlyPartlyAdmittedIsAWarning() {
        var patient = omnileads()
                .runs(
                        VoiceProgram.ASTERISK,
                        ports(Use.SIP, "5060/udp", "SIP"),
                        ports(Use.MEDIA, "40000-55000/udp", "RTP"))
                .setting("net.ipv4.ip_local_port_range.first", 60_000);
        var finding = only(patient);
        assertThat(finding.severity()).isEqualTo(Severity.WARNING);
        assertThat(finding.what()).contains("no service admits 50001-55000/udp", "first and last in /etc/voice.conf");
        assertThat(finding.mend()).isEqualTo("services.rtp.ports: [40000-55000/udp]");
    }

    @Test
    void aRangeThatIsNotAdmittedIsAnErrorUnlessAnotherProgramCarriesTheMedia() {
        var asterisk = ports(Use.MEDIA, "10000-19999/udp", "RTP");
        var alone = new Patient().runs(VoiceProgram.ASTERISK, asterisk);
        mend(alone, Severity.ERROR)
                .isEqualTo("services.voice-asterisk: { ports: [10000-19999/udp], from: [GROUP-OF-THE-CARRIER],"
                        + " on-revoke: drain }");
        var behind = omnileads().runs(VoiceProgram.ASTERISK, asterisk);
        assertThat(only(behind).severity()).isEqualTo(Severity.WARNING);
        assertThat(only(behind).why()).contains("another program on this host");
    }

    @Test
    void aProgramThatDoesNotRunIsOnlyAHint() {
        var patient = omnileads()
                .has(new Installation(
                        VoiceProgram.FREESWITCH,
                        false,
                        false,
                        "",
                        List.of(ports(Use.MEDIA, "16384-19999/udp", "RTP"), ports(Use.SIP, "5080/udp", "SIP")),
                        List.of()));
        assertThat(only(patient).severity()).isEqualTo(Severity.HINT);
        assertThat(only(patient).what()).contains("does not run now");
    }

    @Test
    void theFileOfAContainerIsNamedAsTheHostSeesIt() {
        var patient = new Patient()
                .has(new Installation(
                        VoiceProgram.ASTERISK,
                        true,
                        false,
                        "/proc/4711/root",
                        List.of(ports(Use.MEDIA, "10000-19999/udp", "RTP")),
                        List.of()));
        assertThat(only(patient).what()).contains("/proc/4711/root/etc/voice.conf");
    }

    @Test
    void ofAContainerWithItsOwnNetworkOnlyPublishedPortsCount() throws Exception {
        var inside = new Installation(
                VoiceProgram.ASTERISK,
                true,
                true,
                "/proc/4711/root",
                List.of(ports(Use.MEDIA, "10000-19999/udp", "RTP")),
                List.of());
        assertThat(findings(new Patient().has(inside))).isEmpty();
        assertThat(findings(new Patient().has(inside).publishes("10000-19999/udp", "172.17.0.2:10000")))
                .hasSize(1);
    }

    @Test
    void aControlPortInsideARangeIsNotReportedAsMissing() {
        var patient = omnileads().with("""
                groups: { itsp: [203.0.113.0/24], admins: [198.51.100.7] }
                services:
                  ssh:    { ports: [22/tcp], from: [admins], management: true }
                  webrtc: { ports: [20000-22221/udp, 22223-30000/udp], from: [any] }
                  sip:    { ports: [5060/udp], from: [itsp] }
                  rtp:    { ports: [40000-50000/udp], from: [itsp] }
                """);
        assertThat(findings(patient)).isEmpty();
    }

    @Test
    void aServiceThatAdmitsUnusedPortsIsAHint() {
        var patient = omnileads().runs(VoiceProgram.RTPENGINE, ports(Use.MEDIA, "20001-25000/udp", "RTP"));
        mend(patient, Severity.HINT).isEqualTo("services.webrtc.ports: [20001-25000/udp]");
        assertThat(findings(omnileads().runs(VoiceProgram.RTPENGINE, ports(Use.MEDIA, "20001-30000/udp", "RTP"))))
                .as("a rounded number")
                .isEmpty();
    }

    @Test
    void twoProgramsWithTheSameRangeAreReported() {
        var patient = omnileads()
                .runs(
                        VoiceProgram.ASTERISK,
                        ports(Use.SIP, "5060/udp", "SIP"),
                        ports(Use.MEDIA, "25000-30000/udp", "RTP"));
        assertThat(findings(patient)).anySatisfy(f -> {
            assertThat(f).isInstanceOf(MediaFinding.MediaShared.class);
            assertThat(f.what()).contains("25000-30000/udp");
        });
    }

    @Test
    void mediaPortsInTheEphemeralRangeAreReported() {
        mend(omnileads().setting("net.ipv4.ip_local_port_range.first", 32_768), Severity.HINT)
                .contains("net.ipv4.ip_local_reserved_ports = 40000-50000");
        assertThat(findings(omnileads()
                        .setting("net.ipv4.ip_local_port_range.first", 32_768)
                        .setting("net.ipv4.ip_local_reserved_ports.any", 1)))
                .isEmpty();
    }

    @Test
    void unreachableSignallingIsAWarningUnlessAnotherProgramIsReachable() {
        var moved = new Patient().runs(VoiceProgram.ASTERISK, ports(Use.SIP, "52000/udp", "SIP"));
        mend(moved, Severity.WARNING).isEqualTo("services.sip.ports: [5060/udp, 52000/udp]");
        assertThat(only(moved.with("services: { ssh: { ports: [22/tcp], from: [any], management: true } }"))
                        .mend())
                .startsWith("services.sip: { ports: [52000/udp], from: [GROUP-OF-THE-CARRIER]");
        var second = omnileads().runs(VoiceProgram.KAMAILIO, ports(Use.SIP, "10060/tcp", "SIP"));
        assertThat(only(second).severity()).isEqualTo(Severity.HINT);
        assertThat(findings(omnileads().runs(VoiceProgram.KAMAILIO, local(Use.SIP, "10060/tcp", "SIP"))))
                .as("on loopback")
                .isEmpty();
    }

    @Test
    void signallingThatIsOpenToEverybodyWithoutALimitIsAHint() {
        var patient = new Patient().runs(VoiceProgram.ASTERISK, ports(Use.SIP, "5060/udp", "SIP"));
        var open = """
                services:
                  ssh: { ports: [22/tcp], from: [any], management: true }
                  sip: { ports: [5060/udp], from: [any]%s }
                """;
        mend(patient.with(open.formatted("")), Severity.HINT)
                .isEqualTo("services.sip.from: [GROUP]; or, if phones connect from anywhere,"
                        + " services.sip.limit: { rate:"
                        + " 20/second, burst: 40, ban: 10m }");
        assertThat(findings(patient.with(open.formatted(", limit: { rate: 20/second }"))))
                .isEmpty();
    }

    @Test
    void unreachableRelaysAreAnError() {
        var patient = new Patient()
                .runs(VoiceProgram.COTURN, ports(Use.TURN, "3478/tcp", "TURN"), ports(Use.TURN, "3478/udp", "TURN"));
        mend(patient, Severity.ERROR).contains("services.turn: { ports: [3478/udp], from: [any]");
    }

    @Test
    void aControlPortThatIsOpenToEverybodyIsReportedOnce() {
        var patient = omnileads()
                .runs(
                        VoiceProgram.RTPENGINE,
                        ports(Use.MEDIA, "20000-30000/udp", "RTP"),
                        ports(Use.CONTROL, "22222/udp", "the control port"))
                .listens("22222/udp", "0.0.0.0", "rtpengine");
        mend(patient, Severity.ERROR).contains("leave 22222/udp out of services.webrtc.ports");
        assertThat(only(omnileads()
                                .runs(VoiceProgram.RTPENGINE, ports(Use.MEDIA, "20000-30000/udp", "RTP"))
                                .listens("22222/udp", "0.0.0.0", ""))
                        .what())
                .as("by its number alone")
                .contains("RTPengine control");
    }

    @Test
    void theEventSocketIsAControlPort() {
        var patient = new Patient().listens("8021/tcp", "::", "freeswitch").with("""
                services:
                  ssh: { ports: [22/tcp], from: [any], management: true }
                  all: { ports: [8000-9000/tcp], from: [any] }
                """);
        assertThat(only(patient).what()).contains("event socket");
    }

    @Test
    void anotherDelicatePortThatIsOpenToEverybodyIsAnError() {
        var patient = new Patient().listens("5432/tcp", "0.0.0.0", "postgres").with("""
                services:
                  ssh: { ports: [22/tcp], from: [any], management: true }
                  db:  { ports: [5432/tcp], from: [any] }
                """);
        mend(patient, Severity.ERROR).contains("services.db.from");
    }

    @Test
    void timeoutsOfUdpAreProposed() {
        mend(omnileads().setting("net.netfilter.nf_conntrack_udp_timeout_stream", 120), Severity.HINT)
                .contains("nf_conntrack_udp_timeout_stream = 960", "/etc/sysctl.d/");
        mend(omnileads().setting("net.netfilter.nf_conntrack_udp_timeout_stream", 60), Severity.WARNING)
                .contains("960");
        mend(omnileads().setting("net.netfilter.nf_conntrack_udp_timeout", 10), Severity.WARNING)
                .contains("nf_conntrack_udp_timeout = 30");
    }

    @Test
    void aFullTableOfFlowsIsAnErrorAndTheCallsAreCounted() {
        var nearly = omnileads().setting("net.netfilter.nf_conntrack_count", 200_000);
        for (int port = 40_000; port < 40_040; port++) {
            nearly.talks("203.0.113.9", port + "/udp");
        }
        assertThat(only(nearly).severity()).isEqualTo(Severity.WARNING);
        assertThat(only(nearly).what()).contains("200000 of 262144", "about 20 calls");
        mend(omnileads().setting("net.netfilter.nf_conntrack_count", 261_000), Severity.ERROR)
                .contains("= 1048576");
    }

    @Test
    void aFlowTableThatWasFullOrIsTooSmallIsReported() {
        mend(omnileads().counter("conntrack.drop", 3), Severity.WARNING).contains("nf_conntrack_max");
        mend(omnileads().setting("net.netfilter.nf_conntrack_max", 32_768), Severity.HINT)
                .contains("nf_conntrack_max");
        assertThat(findings(new Patient().setting("net.netfilter.nf_conntrack_max", 0)))
                .isEmpty();
    }

    @Test
    void lossesOfUdpAreReportedWhenTheyAreNoticeable() {
        mend(omnileads().counter("Ip.ReasmFails", 50).counter("Ip.ReasmReqds", 1000), Severity.WARNING)
                .contains("net.ipv4.ipfrag_high_thresh");
        mend(omnileads().counter("Ip6.ReasmFails", 50).counter("Ip6.ReasmReqds", 1000), Severity.WARNING)
                .contains("net.ipv6.ip6frag_high_thresh");
        mend(omnileads().counter("Udp.RcvbufErrors", 50).counter("Udp.InDatagrams", 100_000), Severity.WARNING)
                .contains("net.core.rmem_default");
        assertThat(findings(omnileads()
                        .counter("Ip.ReasmFails", 50)
                        .counter("Ip.ReasmReqds", 1_000_000)
                        .counter("Udp.RcvbufErrors", 5)
                        .counter("Udp.InDatagrams", 10)))
                .isEmpty();
    }

    @Test
    void forwardingWithoutContainersIsAWarning() {
        mend(omnileads().setting("net.ipv4.ip_forward", 1), Severity.WARNING).contains("net.ipv4.ip_forward = 0");
        assertThat(findings(omnileads().setting("net.ipv4.ip_forward", 1).interfaces("wg0")))
                .isEmpty();
        assertThat(findings(omnileads().setting("net.ipv4.ip_forward", 1).interfaces("docker0")))
                .isEmpty();
    }

    @Test
    void anycastAddressesAreReported() {
        var patient = omnileads()
                .interfaces("docker0")
                .setting("net.ipv6.conf.all.forwarding", 1)
                .anycast("2001:db8:1::");
        assertThat(only(patient).what()).contains("2001:db8:1::");
    }

    @Test
    void aKernelWhoseModulesWereRemovedIsReported() {
        mend(omnileads().withoutModules("6.1.0-18-amd64"), Severity.WARNING).contains("reboot");
        assertThat(only(omnileads().withoutModules("6.1.0-18-amd64")).what()).contains("/lib/modules/6.1.0-18-amd64");
    }

    @Test
    void filteredBridgedPacketsAreReported() {
        mend(omnileads().bridge("vmbr0").setting("net.bridge.bridge-nf-call-iptables", 1), Severity.WARNING)
                .contains("trusted-interfaces: [\"vmbr0\"]");
        assertThat(findings(omnileads().bridge("vmbr0"))).isEmpty();
    }

    private static ForeignBaseChain chain(String family, String table, String name, Maker maker, String... accepted) {
        var ports = Stream.of(accepted).map(Patient::range).toList();
        return new ForeignBaseChain(family, table, name, "input", 0, ports, false, maker);
    }

    private static Tables drops(ForeignBaseChain chain) {
        return new Tables(List.of(chain), List.of(), Optional.empty());
    }

    @Test
    void aForeignChainThatDropsAdmittedPacketsIsAnErrorWithTheRemedyOfItsProgram() {
        var ssh = "22/tcp";
        mend(omnileads().tables(drops(chain("ip", "filter", "INPUT", Maker.IPTABLES, ssh))), Severity.ERROR)
                .isEqualTo("iptables -t filter -I INPUT -p udp -m multiport --dports 5060,20000:30000,40000:50000"
                        + " -j ACCEPT, and add it where these rules are stored");
        mend(omnileads().tables(drops(chain("ip6", "filter", "INPUT", Maker.UFW, ssh, "5060/udp"))), Severity.ERROR)
                .isEqualTo("ufw allow 20000:30000/udp && ufw allow 40000:50000/udp; or ufw disable");
        mend(
                        omnileads()
                                .tables(drops(chain(
                                        "inet", "firewalld", "filter_INPUT", Maker.FIREWALLD, ssh, "1-49999/udp"))),
                        Severity.ERROR)
                .startsWith("firewall-cmd --permanent --add-port=50000/udp && firewall-cmd --reload");
        mend(omnileads().tables(drops(chain("inet", "filter", "input", Maker.NFT, ssh, "1-30000/udp"))), Severity.ERROR)
                .startsWith("nft insert rule inet filter input udp dport { 40000-50000 } accept");
        assertThat(findings(omnileads().tables(drops(chain("inet", "filter", "input", Maker.NFT, ssh, "1-65535/udp")))))
                .isEmpty();
    }

    @Test
    void aForwardChainMattersOnlyForPublishedPorts() throws Exception {
        var forward = new ForeignBaseChain("ip", "filter", "FORWARD", "forward", 0, List.of(), false, Maker.IPTABLES);
        assertThat(findings(omnileads().tables(drops(forward)))).isEmpty();
        assertThat(findings(omnileads().tables(drops(forward)).publishes("5060/udp", "172.17.0.2:5060")))
                .hasSize(1);
    }

    @Test
    void aFlowtableIsReportedBecauseRunningFlowsBypassTheFirewall() throws Exception {
        var tables = new Tables(List.of(), List.of(), List.of("inet router fast"), Optional.empty(), false);
        mend(omnileads().tables(tables), Severity.HINT).contains("flow add");
        mend(omnileads().tables(tables).publishes("5060/udp", "172.17.0.2:5060"), Severity.WARNING)
                .contains("flow add");
    }

    @Test
    void problemsOfTheFirewallItselfAreReported() {
        var death = new Tables(List.of(), List.of(), Optional.of(new Death("nft", "1.0.6", "segmentation fault")));
        mend(omnileads().tables(death), Severity.ERROR).contains("portero-nft");
        mend(omnileads().services(new Services(Clock.KEPT, "", Optional.of(true), true)), Severity.WARNING)
                .contains("systemctl disable nftables.service");
        mend(omnileads().notInForce(), Severity.WARNING).contains("portero apply");
        mend(omnileads().refused(3), Severity.ERROR).isEqualTo("portero check p.yaml");
        mend(omnileads().warned(1), Severity.HINT).isEqualTo("portero check p.yaml");
        mend(new Patient().with("""
                                mode: observe
                                services: { ssh: { ports: [22/tcp], from: [any], management: true } }
                                """), Severity.HINT).isEqualTo("mode: enforce");
    }

    @Test
    void necessaryTrafficThatOutgoingDropsIsAWarning() {
        var patient = new Patient().resolver("198.51.100.53").with("""
                services: { ssh: { ports: [22/tcp], from: [any], management: true } }
                outgoing:
                  default: drop
                  services:
                    web: { ports: [80/tcp, 443/tcp], to: [any] }
                    rest: { ports: [53/udp, 123/udp], to: [192.0.2.53] }
                """);
        assertThat(only(patient).what()).isEqualTo("Nothing may leave to the resolver 198.51.100.53.");
        assertThat(only(patient).why()).isEqualTo("Host names cannot be resolved, not even those of this policy.");
        assertThat(only(patient).mend()).isEqualTo("admit 53/udp and 53/tcp to it");
        assertThat(only(patient).severity()).isEqualTo(Severity.WARNING);
    }

    @Test
    void aNecessaryAddressInDenyIsAnError() {
        var patient = new Patient().resolver("198.51.100.53").with("""
                groups: { bad: [198.51.100.53] }
                services: { ssh: { ports: [22/tcp], from: [any], management: true } }
                deny: [bad]
                """);
        assertThat(only(patient).what()).isEqualTo("deny covers the resolver 198.51.100.53 (in bad).");
        assertThat(only(patient).why()).isEqualTo("Its answers are dropped, so host names cannot be resolved.");
        assertThat(only(patient).mend()).isEqualTo("remove it from the denied groups");
        var carrier = new Patient().with("""
                groups: { bad: [203.0.113.0/24], itsp: [203.0.113.9] }
                services:
                  ssh: { ports: [22/tcp], from: [any], management: true }
                  sip: { ports: [5060/udp], from: [itsp] }
                deny: [bad]
                """);
        assertThat(only(carrier).what()).contains("203.0.113.9 (in itsp)");
        var gateway = new Patient().with("""
                groups: { bad: [192.0.2.0/24] }
                services: { ssh: { ports: [22/tcp], from: [any], management: true } }
                deny: [bad]
                """);
        assertThat(only(gateway).what()).contains("the gateway 192.0.2.254");
    }

    @Test
    void aTrustedUplinkIsAnErrorUnlessThePolicyAllowsIt() {
        var policy = """
                services: { ssh: { ports: [22/tcp], from: [any], management: true } }
                trusted-interfaces: ["eth*"]
                """;
        mend(new Patient().with(policy), Severity.ERROR).contains("trusted-interfaces");
        mend(new Patient().with(policy + "safety: { trust-uplink: true }\n"), Severity.HINT)
                .contains("trusted-interfaces");
    }

    @Test
    void aMissingInterfaceIsAHint() {
        var patient = new Patient().resolver("198.51.100.53").with("""
                services:
                  ssh: { ports: [22/tcp], from: [any], management: true, on: ["eth*"] }
                  db:  { ports: [5432/tcp], from: [any], on: ["eth*", tun7] }
                """);
        mend(patient, Severity.HINT).contains("services.db.on");
    }

    @Test
    void aMetricsPortOfAnotherProgramIsAWarning() {
        mend(omnileads().listens("9090/tcp", "0.0.0.0", "prometheus"), Severity.WARNING)
                .isEqualTo("agent.metrics.port: 9095");
        assertThat(findings(omnileads().listens("9090/tcp", "0.0.0.0", "portero")))
                .isEmpty();
    }

    @Test
    void aClockThatIsNotSynchronisedIsAFinding() {
        mend(omnileads().services(new Services(Clock.NOBODY, "", Optional.empty(), false)), Severity.WARNING)
                .contains("chrony");
        mend(
                        omnileads()
                                .services(
                                        new Services(Clock.NOT_YET_SET, "systemd-timesyncd", Optional.empty(), false)),
                        Severity.WARNING)
                .contains("timedatectl");
        assertThat(findings(omnileads().services(new Services(Clock.UNKNOWN, "", Optional.empty(), false))))
                .isEmpty();
    }

    @Test
    void aHostThatIsOpenDuringTheBootIsAWarning() {
        mend(omnileads().services(new Services(Clock.KEPT, "", Optional.of(false), false)), Severity.WARNING)
                .isEqualTo("systemctl enable portero-boot.service");
    }

    @Test
    void aNameWithoutAddressesIsAWarning() {
        var patient = new Patient().with("""
                groups: { itsp: [sip.carrier.example] }
                services:
                  ssh: { ports: [22/tcp], from: [any], management: true }
                  sip: { ports: [5060/udp], from: [itsp] }
                """);
        mend(patient, Severity.WARNING).contains("getent ahosts sip.carrier.example");
        assertThat(only(patient).what()).contains("(in itsp)");
    }

    @Test
    void anSshdThatNoManagementServiceAdmitsIsAnError() {
        mend(omnileads().ssh(2222), Severity.ERROR).contains("2222/tcp", "management: true");
    }

    @Test
    void unreadableThingsAreNamedAndCauseNoFinding() {
        var hidden = new Installation(
                VoiceProgram.ASTERISK,
                true,
                false,
                "",
                List.of(ports(Use.MEDIA, "1-65535/udp", "RTP")),
                List.of("/etc/asterisk/rtp.conf"));
        var diagnosis =
                new Patient().has(hidden).blind("the tables: run as root").examined();
        assertThat(diagnosis.findings()).isEmpty();
        assertThat(diagnosis.unseen())
                .containsExactly(
                        "the tables: run as root",
                        "the ports of Asterisk: /etc/asterisk/rtp.conf cannot be read; run as root");
    }
}
