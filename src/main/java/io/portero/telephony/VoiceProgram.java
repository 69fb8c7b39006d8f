package io.portero.telephony;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A telephony program whose configuration can be read. */
public enum VoiceProgram {
    ASTERISK("Asterisk", List.of("asterisk")),
    FREESWITCH("FreeSWITCH", List.of("freeswitch")),
    KAMAILIO("Kamailio", List.of("kamailio")),
    RTPENGINE("RTPengine", List.of("rtpengine")),
    COTURN("coturn", List.of("turnserver")),
    THREECX("3CX", List.of("3CX"));

    private final String title;
    private final List<String> processes;

    VoiceProgram(String title, List<String> processes) {
        this.title = title;
        this.processes = processes;
    }

    /** The name as its makers write it. */
    public String title() {
        return title;
    }

    /** The program of a process; the kernel truncates the name to 15 bytes (proc(5), comm). */
    public static Optional<VoiceProgram> ofProcess(String name) {
        return Stream.of(values()).filter(p -> p.isCalled(name)).findFirst();
    }

    /** 3CX has several processes, one for each part. */
    private boolean isCalled(String name) {
        return this == THREECX
                ? processes.stream().anyMatch(name::startsWith)
                : processes.stream().anyMatch(name::equals);
    }

    /** Whether its configuration exists, even if it does not run. */
    public boolean isInstalled(ConfigFiles files) {
        return switch (this) {
            case ASTERISK ->
                Stream.of("rtp.conf", "pjsip.conf", "sip.conf")
                        .anyMatch(f -> files.text("/etc/asterisk/" + f).isPresent());
            case FREESWITCH -> FreeSwitchPorts.directory(files).isPresent();
            case KAMAILIO -> files.text(KamailioPorts.FILE).isPresent();
            case RTPENGINE -> files.text(RtpenginePorts.FILE).isPresent();
            case COTURN -> files.text(CoturnPorts.FILE).isPresent();
            case THREECX -> !files.matching("/var/lib/3cxpbx/*").isEmpty();
        };
    }

    /**
     * The ports that it is configured to use, sorted by use and port.
     *
     * @param files its files, in a container those of the container
     * @param arguments its command line without its name; empty if it does not run
     */
    public List<ConfiguredPorts> configured(ConfigFiles files, List<String> arguments) {
        var ports = switch (this) {
            case ASTERISK -> new AsteriskPorts(files, arguments).read();
            case FREESWITCH -> new FreeSwitchPorts(files, arguments).read();
            case KAMAILIO -> new KamailioPorts(files, arguments).read();
            case RTPENGINE -> new RtpenginePorts(files, arguments).read();
            case COTURN -> new CoturnPorts(files, arguments).read();
            case THREECX -> ThreeCxPorts.DEFAULT;
        };
        return ports.stream().distinct().sorted(PortsFound.ORDER).toList();
    }
}
