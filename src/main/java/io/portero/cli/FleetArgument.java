package io.portero.cli;

import io.portero.files.ThisHost;
import io.portero.fleet.FleetDirectory;
import io.portero.fleet.HostSettings.StoreSettings;
import io.portero.fleet.OperatorStore;
import io.portero.fleet.Refusal;
import io.portero.fleet.Signed;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Parameters;

/** The fleet directory that a command works with, and the store that it names. */
final class FleetArgument {
    @Parameters(
            arity = "0..1",
            paramLabel = "DIR",
            defaultValue = ".",
            description = "The directory of the fleet (default: the current directory).")
    private Path directory = Path.of(".");

    Path directory() {
        return directory;
    }

    FleetDirectory read() throws Refusal {
        return FleetDirectory.read(directory);
    }

    Signed signed() {
        return new Signed(directory);
    }

    OperatorStore open(Tools.Fleet tools) throws Refusal, IOException {
        var store = read().store();
        if (store.isEmpty()) {
            throw new Refusal(
                    Refusal.Kind.LAYER,
                    directory.resolve(FleetDirectory.FILE) + ": store: no store is set; set one, or serve "
                            + directory.resolve("signed") + " with any web server");
        }
        return switch (store.get()) {
            case StoreSettings.Nats nats -> tools.open(nats);
            case StoreSettings.Https https ->
                throw new Refusal(
                        Refusal.Kind.LAYER,
                        directory.resolve(FleetDirectory.FILE)
                                + ": store.https: a web server takes no push and knows no roll and no status; copy "
                                + directory.resolve("signed") + " to the place that it serves as " + https.base());
        };
    }

    /** The name of this operator that other operators see. */
    static String operator() {
        var user = System.getProperty("user.name", "somebody");
        return ThisHost.name().map(host -> user + "@" + host).orElse(user);
    }
}
