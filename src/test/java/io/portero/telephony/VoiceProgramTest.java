package io.portero.telephony;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class VoiceProgramTest {
    private static final Files NOTHING = new Files(Map.of());

    private static List<String> ports(VoiceProgram program, Files files, String... arguments) {
        return program.configured(files, List.of(arguments)).stream()
                .map(p -> p.use() + " " + p.ports()
                        + p.address().map(a -> " at " + a).orElse(""))
                .toList();
    }

    @Test
    void asteriskWithTheSamplesOfItsPackage() {
        var files = Files.of("/etc/asterisk/rtp.conf", """
                        ;
                        ; RTP Configuration
                        ;
                        [general]
                        ; Defaults are rtpstart=5000 and rtpend=31000
                        rtpstart=10000
                        rtpend=20000
                        ;rtpchecksums=no
                        """)
                .and("/etc/asterisk/pjsip.conf", """
                        ;[transport-udp]
                        ;type=transport
                        ;bind=0.0.0.0
                        """)
                .and("/etc/asterisk/manager.conf", """
                        [general]
                        enabled = no
                        port = 5038
                        bindaddr = 0.0.0.0
                        """)
                .and("/etc/asterisk/http.conf", """
                        [general]
                        servername=Asterisk
                        ;enabled=yes
                        bindaddr=127.0.0.1
                        """);

        assertThat(ports(VoiceProgram.ASTERISK, files)).containsExactly("MEDIA 10000-20000/udp");
        assertThat(VoiceProgram.ASTERISK.configured(files, List.of()).getFirst().setting())
                .isEqualTo("rtpstart, rtpend");
    }

    @Test
    void asteriskWithoutAnRtpConfUsesTheDefaultsOfItsSource() {
        assertThat(ports(VoiceProgram.ASTERISK, NOTHING)).containsExactly("MEDIA 5000-31000/udp");
        assertThat(VoiceProgram.ASTERISK
                        .configured(NOTHING, List.of())
                        .getFirst()
                        .isDefault())
                .isTrue();
    }

    @Test
    void asteriskWithTransportsFromATemplateInAnIncludedFile() {
        var files = Files.of("/etc/asterisk/pjsip.conf", """
                        #include pjsip.transports.conf
                        #tryinclude "custom/*.conf"
                        """)
                .and("/etc/asterisk/pjsip.transports.conf", """
                        [transport](!)
                        type=transport
                        bind=0.0.0.0:52000

                        [udp](transport) ; the carrier
                        protocol=udp
                        [tcp](transport)
                        protocol = tcp
                        [tls]
                        type => transport
                        protocol => tls
                        bind => 192.0.2.1
                        ;--
                        [old]
                        type=transport
                        bind=0.0.0.0:9999
                        --;
                        [ws](transport)
                        protocol=ws
                        """)
                .and("/etc/asterisk/custom/trunks.conf", """
                        [v6]
                        type=transport
                        bind=[::]:5070
                        [carrier]
                        type=endpoint
                        """)
                .and("/etc/asterisk/rtp.conf", "[general]\nrtpstart=40000\nrtpend=50000\n");

        assertThat(ports(VoiceProgram.ASTERISK, files))
                .containsExactly(
                        "SIP 5061/tcp at 192.0.2.1",
                        "SIP 52000/tcp",
                        "SIP 5070/udp",
                        "SIP 52000/udp",
                        "MEDIA 40000-50000/udp");
    }

    @Test
    void asteriskOfOMniLeadsServesAriAndAmiOnItsOwnPorts() {
        var files = Files.of("/etc/asterisk/http.conf", "[general]\nenabled=yes\nbindport=7088\nbindaddr=0.0.0.0\n")
                .and("/etc/asterisk/manager.conf", "[general]\nenabled=yes\nbindaddr=127.0.0.1\n");

        assertThat(ports(VoiceProgram.ASTERISK, files)).contains("CONTROL 7088/tcp", "CONTROL 5038/tcp at 127.0.0.1");
    }

    @Test
    void asteriskWithTheOldChannelDriver() {
        var sip = """
                [general]
                udpbindaddr=0.0.0.0:5160
                tcpenable=yes
                tcpbindaddr=0.0.0.0
                tlsenable=no
                """;
        var files = Files.of("/etc/asterisk/sip.conf", sip);

        assertThat(ports(VoiceProgram.ASTERISK, files)).contains("SIP 5160/udp", "SIP 5060/tcp");
        assertThat(ports(
                        VoiceProgram.ASTERISK,
                        files.and("/etc/asterisk/modules.conf", "[modules]\nautoload=yes\nnoload => chan_sip.so\n")))
                .noneMatch(p -> p.startsWith("SIP"));
    }

    @Test
    void asteriskWithItsConfigurationElsewhere() {
        var files = Files.of("/opt/ast/asterisk.conf", "[directories](!)\nastetcdir => /opt/ast/etc\n")
                .and("/opt/ast/etc/rtp.conf", "[general]\nrtpstart=16000\nrtpend=17000\n");

        assertThat(ports(VoiceProgram.ASTERISK, files, "-f", "-C", "/opt/ast/asterisk.conf"))
                .containsExactly("MEDIA 16000-17000/udp");
    }

    @Test
    void readsAConfigurationThatIncludesItself() {
        var files = Files.of("/etc/asterisk/rtp.conf", "[general]\nrtpstart=16000\n#include rtp.conf\nrtpend=17000\n")
                .and("/etc/kamailio/kamailio.cfg", "listen=udp:192.0.2.1:5099\ninclude_file \"kamailio.cfg\"\n");

        assertThat(ports(VoiceProgram.ASTERISK, files)).containsExactly("MEDIA 16000-17000/udp");
        assertThat(ports(VoiceProgram.KAMAILIO, files)).containsExactly("SIP 5099/udp at 192.0.2.1");
    }

    @Test
    void freeSwitchWithItsDefaultConfiguration() {
        var files = freeSwitch();

        assertThat(ports(VoiceProgram.FREESWITCH, files))
                .containsExactly(
                        "SIP 5060/tcp",
                        "SIP 5080/tcp",
                        "SIP 5060/udp",
                        "SIP 5080/udp",
                        "WEBSOCKET 5066/tcp",
                        "WEBSOCKET 7443/tcp",
                        "MEDIA 16384-32768/udp",
                        "CONTROL 8021/tcp");
    }

    private static Files freeSwitch() {
        return Files.of("/etc/freeswitch/vars.xml", """
                        <include>
                          <!-- <X-PRE-PROCESS cmd="set" data="internal_sip_port=9999"/> -->
                          <X-PRE-PROCESS cmd="set" data="internal_sip_port=5060"/>
                          <X-PRE-PROCESS cmd="set" data="internal_ssl_enable=false"/>
                          <X-PRE-PROCESS cmd="set" data="external_sip_port=5080"/>
                          <X-PRE-PROCESS cmd="set" data="external_tls_port=5081"/>
                          <X-PRE-PROCESS cmd="set" data="external_ssl_enable=false"/>
                        </include>
                        """)
                .and("/etc/freeswitch/sip_profiles/internal.xml", """
                        <profile name="internal"><settings>
                          <param name="sip-port" value="$${internal_sip_port}"/>
                          <param name="sip-ip" value="$${local_ip_v4}"/>
                          <param name="tls" value="$${internal_ssl_enable}"/>
                          <param name="ws-binding"  value=":5066"/>
                          <param name="wss-binding" value=":7443"/>
                        </settings></profile>
                        """)
                .and("/etc/freeswitch/sip_profiles/external.xml", """
                        <profile name="external"><settings>
                          <param name="sip-port" value="$${external_sip_port}"/>
                          <param name="tls" value="$${external_ssl_enable}"/>
                          <param name="tls-sip-port" value="$${external_tls_port}"/>
                        </settings></profile>
                        """)
                .and("/etc/freeswitch/autoload_configs/switch.conf.xml", """
                        <configuration name="switch.conf"><settings>
                          <!-- RTP port range -->
                          <!-- <param name="rtp-start-port" value="20000"/> -->
                          <!-- <param name="rtp-end-port" value="21000"/> -->
                        </settings></configuration>
                        """)
                .and("/etc/freeswitch/autoload_configs/event_socket.conf.xml", """
                        <configuration name="event_socket.conf"><settings>
                          <param name="nat-map" value="false"/>
                          <param name="listen-ip" value="::"/>
                          <param name="listen-port" value="8021"/>
                        </settings></configuration>
                        """);
    }

    @Test
    void freeSwitchWithTlsItsOwnRangeAndALocalEventSocket() {
        var files = freeSwitch()
                .and("/etc/freeswitch/vars.xml", """
                        <X-PRE-PROCESS cmd="set" data="external_sip_port=5080"/>
                        <X-PRE-PROCESS cmd="include" data="more/*.xml"/>
                        """)
                .and("/etc/freeswitch/more/tls.xml", """
                        <X-PRE-PROCESS cmd="set" data="external_ssl_enable=true"/>
                        <X-PRE-PROCESS cmd="set" data="external_tls_port=5091"/>
                        """)
                .and("/etc/freeswitch/autoload_configs/switch.conf.xml", """
                        <param name="rtp-start-port" value="20000"/>
                        <param name="rtp-end-port" value="21000"/>
                        """)
                .and("/etc/freeswitch/autoload_configs/event_socket.conf.xml", """
                        <param name="listen-ip" value="127.0.0.1"/>
                        """);

        assertThat(ports(VoiceProgram.FREESWITCH, files))
                .contains("SIP 5091/tcp", "MEDIA 20000-21000/udp", "CONTROL 8021/tcp at 127.0.0.1");
    }

    @Test
    void freeSwitchWhoseProfilesAreInADatabase() {
        var files = Files.of("/usr/local/freeswitch/conf/vars.xml", """
                <X-PRE-PROCESS cmd="set" data="internal_sip_port=5070"/>
                """);

        assertThat(VoiceProgram.FREESWITCH.isInstalled(files)).isTrue();
        assertThat(ports(VoiceProgram.FREESWITCH, files)).contains("SIP 5070/udp", "MEDIA 16384-32768/udp");
    }

    @Test
    void kamailioWithItsDefaultConfiguration() {
        var files = Files.of(KamailioPorts.FILE, """
                #!KAMAILIO
                #
                #!define WITH_MYSQL_EXAMPLE
                #!ifdef WITH_TLS
                listen=tls:0.0.0.0:443
                enable_tls=yes
                #!endif
                /* listen sockets - if none set, Kamailio binds to all local IP addresses
                 *      listen=[proto]:[localip]:[lport] advertise [publicip]:[pport]
                 */
                # listen=udp:10.0.0.10:5060
                import_file "kamailio-local.cfg"
                voicemail.srv_port = "5060" desc "VoiceMail Port"
                request_route {
                    if (uri == myself) { $var(port) = 5; }
                }
                """);

        assertThat(ports(VoiceProgram.KAMAILIO, files)).containsExactly("SIP 5060/tcp", "SIP 5060/udp");
    }

    @Test
    void kamailioWithDefinitionsIncludesAndItsCommandLine() {
        var files = Files.of(KamailioPorts.FILE, """
                        #!substdef "!WEB_PORT!10060!g"
                        #!define PUBLIC_IP 203.0.113.5
                        #!ifndef QUIET
                        #!define WITH_TLS
                        #!endif
                        #!ifdef WITH_TLS
                        enable_tls=yes
                        listen=tls:PUBLIC_IP:5071 name "s"
                        #!else
                        listen=udp:PUBLIC_IP:9999
                        #!endif
                        include_file "listen.cfg"
                        port=5062 # for those without one
                        listen=sctp:127.0.0.1:5060
                        """).and("/etc/kamailio/listen.cfg", """
                        listen=tcp:0.0.0.0:WEB_PORT advertise 203.0.113.5:443
                        listen=udp:eth0
                        """);

        assertThat(ports(VoiceProgram.KAMAILIO, files, "-f", KamailioPorts.FILE, "-l", "udp:192.0.2.7:5090"))
                .containsExactly(
                        "SIP 5071/tcp at 203.0.113.5",
                        "SIP 10060/tcp",
                        "SIP 5062/udp",
                        "SIP 5090/udp at 192.0.2.7",
                        "SIP 5060/sctp at 127.0.0.1");
        assertThat(ports(VoiceProgram.KAMAILIO, files, "-A", "QUIET")).contains("SIP 9999/udp at 203.0.113.5");
    }

    @Test
    void kamailioWithoutTcp() {
        assertThat(ports(VoiceProgram.KAMAILIO, Files.of(KamailioPorts.FILE, "disable_tcp=yes\nport=5061\n")))
                .containsExactly("SIP 5061/udp");
    }

    @Test
    void rtpengineWithItsDefaultConfiguration() {
        var files = Files.of(RtpenginePorts.FILE, """
                        [rtpengine]
                        interface = any
                        listen-ng = localhost:2223
                        # listen-http = 9101
                        listen-cli = localhost:2224
                        port-min = 30000
                        port-max = 40000

                        [rtpengine-testing]
                        listen-ng = 2223
                        port-min = 1000
                        """).and("/etc/default/rtpengine-daemon", """
                        CONFIG_FILE=/etc/rtpengine/rtpengine.conf
                        # CONFIG_SECTION=rtpengine
                        MANAGE_IPTABLES=yes
                        """);

        assertThat(ports(VoiceProgram.RTPENGINE, files))
                .containsExactly(
                        "MEDIA 30000-40000/udp", "CONTROL 2224/tcp at 127.0.0.1", "CONTROL 2223/udp at 127.0.0.1");
    }

    @Test
    void rtpengineWithItsCommandLine() {
        assertThat(ports(
                        VoiceProgram.RTPENGINE,
                        Files.of(RtpenginePorts.FILE, "[rtpengine]\nport-min = 30000\n"),
                        "--interface=203.0.113.5",
                        "--port-min=20000",
                        "-M",
                        "30000",
                        "--listen-ng=0.0.0.0:22222"))
                .containsExactly("MEDIA 20000-30000/udp", "CONTROL 22222/udp");
    }

    @Test
    void rtpengineWithTheEnvironmentFileOfOlderPackages() {
        var files = Files.of("/etc/default/ngcp-rtpengine-daemon", """
                RUN_RTPENGINE=yes
                LISTEN_NG="127.0.0.1:22222"
                PORT_MIN=20001
                PORT_MAX=30000 # OMniLeads
                """);

        assertThat(ports(VoiceProgram.RTPENGINE, files))
                .containsExactly("MEDIA 20001-30000/udp", "CONTROL 22222/udp at 127.0.0.1");
    }

    @Test
    void coturnWithItsDefaultConfiguration() {
        var files = Files.of(CoturnPorts.FILE, """
                # Coturn TURN SERVER configuration file
                #listening-port=3478
                #min-port=49152
                #cert=/usr/local/etc/turn_server_cert.pem
                syslog
                no-rfc5780
                """);

        assertThat(ports(VoiceProgram.COTURN, files))
                .containsExactly("MEDIA 49152-65535/udp", "TURN 3478/tcp", "TURN 3478/udp");
    }

    @Test
    void coturnWithACertificateAndItsOwnAddresses() {
        var files = Files.of(CoturnPorts.FILE, """
                listening-port = 3479
                tls-listening-port=443
                listening-ip=203.0.113.5
                min-port 50000
                max-port=51000
                no-tcp
                no-dtls
                cert=/etc/ssl/turn.pem
                """);

        assertThat(ports(VoiceProgram.COTURN, files))
                .containsExactly(
                        "MEDIA 50000-51000/udp", "TURN 443/tcp at 203.0.113.5", "TURN 3479/udp at 203.0.113.5");
    }

    @Test
    void threeCxWithItsDefaultPorts() {
        assertThat(ports(VoiceProgram.THREECX, NOTHING))
                .contains("SIP 5060/udp", "MEDIA 9000-10999/udp", "TUNNEL 5090/tcp");
        assertThat(VoiceProgram.ofProcess("3CXPhoneSystem0")).contains(VoiceProgram.THREECX);
    }

    @Test
    void everyProgramIsKnownByItsProcess() {
        for (var program : VoiceProgram.values()) {
            assertThat(VoiceProgram.ofProcess(
                            program == VoiceProgram.COTURN
                                    ? "turnserver"
                                    : program.title().equals("3CX")
                                            ? "3CX"
                                            : program.title().toLowerCase(java.util.Locale.ROOT)))
                    .contains(program);
        }
        assertThat(VoiceProgram.ofProcess("bash")).isEmpty();
    }

    @Test
    void anInvalidConfigurationGivesDefaultsWithoutAnException() {
        var noise =
                "\0\u0001[[[ = = = <param <X-PRE-PROCESS #!else #!endif \n#!else\n#!endif\n[](\nlisten=\nlisten=:\n\"=\"\n= =\n";
        for (var program : VoiceProgram.values()) {
            var files = new Files(Map.of(
                    "/etc/asterisk/rtp.conf",
                    noise,
                    "/etc/asterisk/pjsip.conf",
                    noise,
                    "/etc/asterisk/asterisk.conf",
                    noise,
                    "/etc/freeswitch/vars.xml",
                    noise,
                    "/etc/freeswitch/sip_profiles/a.xml",
                    noise,
                    KamailioPorts.FILE,
                    noise,
                    RtpenginePorts.FILE,
                    noise,
                    CoturnPorts.FILE,
                    noise));
            assertThat(program.configured(files, List.of("-", "--", "-f", "="))).isNotNull();
        }
    }
}
