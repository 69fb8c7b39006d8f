package io.portero.cli;

import io.portero.policy.AddressRange;
import io.portero.policy.Ip;
import io.portero.policy.PortRange;
import io.portero.trace.PacketInWords;
import io.portero.trace.TracedPacket;
import io.portero.trace.Tracer;
import io.portero.trace.Wanted;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.ZoneId;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code portero trace}, which shows real packets and the rule that decided each. */
@Command(
        name = "trace",
        mixinStandardHelpOptions = true,
        description = {
            "Shows the next matching packets, the rule that decided each, and what other tables did with it."
                    + " It ends by itself and leaves nothing in the kernel."
        })
final class TraceCommand implements Callable<Integer> {
    private final Tools tools;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    @SuppressWarnings("unused") // the policy file that it names decides which nft is used
    private Locations locations = new Locations();

    @Option(
            names = "--from",
            required = true,
            paramLabel = "ADDR",
            description = "The source: an address, a network or a range.")
    private String from = "";

    @Option(
            names = "--to",
            paramLabel = "PORT/PROTO",
            description = "The destination before any DNAT, such as 5060/udp, 20000-30000/udp, esp, ping or icmp"
                    + " (default: any).")
    private @Nullable String to;

    @Option(
            names = "--for",
            paramLabel = "TIME",
            defaultValue = "30s",
            description = "How long to wait, up to 1h (default: 30s).")
    private String time = "";

    @Option(
            names = "--count",
            paramLabel = "N",
            defaultValue = "10",
            description = "How many packets to show, up to 1000 (default: 10).")
    private int count;

    @Option(names = "--json", description = "Print one JSON object per line, one for each packet.")
    private boolean json;

    TraceCommand(Tools tools) {
        this.tools = tools;
    }

    @Override
    public Integer call() {
        var wanted = wanted();
        var line = spec.commandLine();
        var end = tools.tracer().trace(wanted, new Printer(line.getOut(), line.getErr(), wanted, json));
        return switch (end) {
            case Tracer.End.Complete(int packets) -> {
                var text = packets == 0 ? nothing(wanted) : packets >= wanted.count() ? "" : seen(packets, wanted);
                if (!text.isEmpty()) {
                    (json ? line.getErr() : line.getOut()).println(text);
                }
                yield ExitCode.DONE;
            }
            case Tracer.End.Failed(String why) -> {
                line.getErr().println("portero: " + why);
                yield ExitCode.FAILED;
            }
        };
    }

    private static String seen(int packets, Wanted wanted) {
        return Plural.of(packets, "packet") + " in " + BanDuration.text(wanted.time());
    }

    private static String nothing(Wanted wanted) {
        return "no packet " + wanted + " came in " + BanDuration.text(wanted.time())
                + ".\nIf one was sent, it did not reach this host's firewall: check the provider's firewall,"
                + " the routing,\nand the address and port. On this host, only tc, XDP and tables of family"
                + " netdev can drop it earlier;\ntcpdump sees packets before tc and netdev tables do: tcpdump -ni any"
                + (wanted.from().prefixLength() < 0
                        ? ""
                        : (wanted.from().first().equals(wanted.from().last()) ? " host " : " net ") + wanted.from());
    }

    /** Prints the packets as they come. */
    private record Printer(PrintWriter out, PrintWriter errors, Wanted wanted, boolean json)
            implements Tracer.Listener {
        @Override
        public void began() {
            if (!json) {
                out.println("packets " + wanted + ": the next " + wanted.count() + ", for "
                        + BanDuration.text(wanted.time()) + " at most");
                out.flush();
            }
        }

        @Override
        public void lost() {
            errors.println("portero: the kernel sent more trace messages than could be read; some packets are"
                    + " missing here");
        }

        @Override
        public void accept(TracedPacket packet) {
            if (json) {
                out.println(TraceJson.of(packet));
            } else {
                new PacketInWords(ZoneId.systemDefault()).lines(packet).forEach(out::println);
            }
            out.flush();
        }
    }

    private Wanted wanted() {
        if (count < 1 || count > Wanted.MOST) {
            throw misuse("--count " + count + " is not a number from 1 to " + Wanted.MOST);
        }
        return new Wanted(source(), kind(), time(), count);
    }

    private AddressRange source() {
        try {
            return AddressRange.parse(from);
        } catch (Ip.NotAnAddress e) {
            throw misuse("--from \"" + from + "\" is not an address, a network or a range: " + e.getMessage());
        }
    }

    private Wanted.Kind kind() {
        try {
            return to == null ? new Wanted.Kind.Everything() : Wanted.Kind.parse(to);
        } catch (PortRange.NotAPort e) {
            throw misuse("--to \"" + to + "\" is not a port: " + e.getMessage());
        }
    }

    private Duration time() {
        try {
            return BanDuration.parse(time)
                    .filter(t -> t.compareTo(Wanted.LONGEST) <= 0)
                    .orElseThrow(() -> misuse("--for \"" + time + "\" is too long; a trace lasts 1h at most"));
        } catch (BanDuration.NotADuration e) {
            throw misuse("--for \"" + time + "\" is not a time: write 30s, 5m or 1h");
        }
    }

    private ParameterException misuse(String sentence) {
        return new ParameterException(spec.commandLine(), sentence);
    }
}
