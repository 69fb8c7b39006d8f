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

/** The policy that a command is about: the file that is named, else the one in force. */
final class PolicyArgument {
    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "FILE",
            description = "The policy file (default: the value of --config).")
    private @Nullable Path file;

    @Mixin
    private Locations locations = new Locations();

    /** For a command to which FILE means something else than the policy in force. */
    static PolicyArgument of(@Nullable Path file, Locations locations) {
        var policy = new PolicyArgument();
        policy.file = file;
        policy.locations = locations;
        return policy;
    }

    /** What stands where a file may, as it was written. */
    Optional<String> word() {
        return Optional.ofNullable(file).map(Path::toString);
    }

    /** The same where that word is none. */
    PolicyArgument withoutFile() {
        var other = new PolicyArgument();
        other.locations = locations;
        return other;
    }

    Path path() {
        return file == null ? locations.config() : file;
    }

    /** The one that is named for this command alone. */
    Optional<Path> file() {
        return Optional.ofNullable(file);
    }

    /** The same, where the user said which. */
    Optional<Path> named() {
        return Optional.ofNullable(file).or(locations::namedConfig);
    }

    Locations locations() {
        return locations;
    }

    /** What was confirmed last, as far as this user may know it. */
    LastGood lastGood() {
        return new LastGood(new StateDirectory(locations.stateDir()));
    }

    /** What lists on the web hold, as the agent wrote it down; a command fetches nothing. */
    Map<UrlList, AddressSet> urlLists() {
        return ListsOnDisk.addresses(KeptLists.readOnly(new StateDirectory(locations.stateDir())));
    }

    /** What names stand for: as the agent knows it, and asked for where it does not. */
    NamesAtOnce names(Tools tools) {
        var kept = KeptNames.readOnly(new StateDirectory(locations.stateDir()));
        return new NamesAtOnce(kept, tools.resolver(), false);
    }

    /** The policy, its warnings printed; or nothing, its problems printed. Whether it suits this host is not asked. */
    Optional<Loaded.Accepted> load(Tools tools, PrintWriter errors) {
        return load(tools, names(tools), Surroundings.UNKNOWN, errors);
    }

    /** The same of a policy that may be put in force on this host. */
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
