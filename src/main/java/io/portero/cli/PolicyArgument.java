package io.portero.cli;

import io.portero.config.Loaded;
import io.portero.config.Outside;
import io.portero.lists.ListsOnDisk;
import io.portero.names.NamesAtOnce;
import io.portero.policy.AddressSet;
import io.portero.policy.Reference.UrlList;
import io.portero.policy.Surroundings;
import io.portero.state.KeptLists;
import io.portero.state.KeptNames;
import io.portero.state.LastGood;
import io.portero.state.StateDirectory;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** The policy that a command works with: the named file, otherwise the policy in force. */
final class PolicyArgument {
    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "FILE",
            description = "The policy file (default: the value of --config).")
    private @Nullable Path file;

    @Mixin
    private Locations locations = new Locations();

    /** For a command where FILE does not mean the policy in force. */
    static PolicyArgument of(@Nullable Path file, Locations locations) {
        var policy = new PolicyArgument();
        policy.file = file;
        policy.locations = locations;
        return policy;
    }

    /** The word in the place of FILE, as written. */
    Optional<String> word() {
        return Optional.ofNullable(file).map(Path::toString);
    }

    /** The same argument without that word. */
    PolicyArgument withoutFile() {
        var other = new PolicyArgument();
        other.locations = locations;
        return other;
    }

    Path path() {
        return file == null ? locations.config() : file;
    }

    /** The file that is named only for this command. */
    Optional<Path> file() {
        return Optional.ofNullable(file);
    }

    /** The file that the user named in any way. */
    Optional<Path> named() {
        return Optional.ofNullable(file).or(locations::namedConfig);
    }

    Locations locations() {
        return locations;
    }

    /** The last confirmed policy, as far as this user may read it. */
    LastGood lastGood() {
        return new LastGood(new StateDirectory(locations.stateDir()));
    }

    /** The content of lists on the web as the agent has stored it; commands fetch nothing. */
    Map<UrlList, AddressSet> urlLists() {
        return ListsOnDisk.addresses(KeptLists.readOnly(new StateDirectory(locations.stateDir())));
    }

    /** The addresses of names: those that the agent knows, otherwise from DNS. */
    NamesAtOnce names(Tools tools) {
        var kept = KeptNames.readOnly(new StateDirectory(locations.stateDir()));
        return new NamesAtOnce(kept, tools.resolver(), false);
    }

    /**
     * Loads the policy and prints its problems; empty if it is refused. It does not check whether the policy fits this
     * host.
     */
    Optional<Loaded.Accepted> load(Tools tools, PrintWriter errors) {
        return load(tools, names(tools), Surroundings.UNKNOWN, errors);
    }

    /** The same with a check against this host, for a policy that may be applied here. */
    Optional<Loaded.Accepted> loadForThisHost(Tools tools, NamesAtOnce names, PrintWriter errors) {
        return load(tools, names, tools.host().surroundings(), errors);
    }

    private Optional<Loaded.Accepted> load(Tools tools, NamesAtOnce names, Surroundings host, PrintWriter errors) {
        var loaded = tools.reader()
                .read(
                        path(),
                        Outside.keeping(lastGood().lists(), names::addresses)
                                .knowing(urlLists())
                                .at(host));
        loaded.problems().forEach(errors::println);
        return loaded instanceof Loaded.Accepted accepted ? Optional.of(accepted) : Optional.empty();
    }
}
