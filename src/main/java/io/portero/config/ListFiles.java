package io.portero.config;

import io.portero.policy.AddressSet;
import io.portero.policy.Problem;
import io.portero.policy.Reference.ListFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Reads lists, each again only when its file has become another.
 *
 * <p>Which lists were read, and what they were then, may be asked by any thread.
 */
final class ListFiles {
    /** A file that changed this recently may do so again without showing a later time. */
    private static final Duration RESTLESS = Duration.ofSeconds(2);

    private final Map<ListFile, Read> known = new HashMap<>();
    private final Map<Path, String> identities = new ConcurrentHashMap<>();

    /**
     * What was found in a file.
     *
     * @param members none when something is wrong with it
     */
    record Read(String identity, boolean settled, Optional<AddressSet> members, List<Problem> problems) {}

    /** To be called before a policy is read; what that then does not name is forgotten. */
    void begin() {
        known.keySet().removeIf(list -> !identities.containsKey(Path.of(list.path())));
        identities.clear();
    }

    Read read(ListFile list) {
        var path = Path.of(list.path());
        var identity = FileIdentity.of(path);
        identities.put(path, identity);
        var last = known.get(list);
        if (last != null && last.settled() && last.identity().equals(identity)) {
            return last;
        }
        var read = read(path, identity);
        known.put(list, read);
        return read;
    }

    private static Read read(Path path, String identity) {
        var findings = new Findings(path.toString());
        long modified = path.toFile().lastModified();
        boolean settled = Math.abs(System.currentTimeMillis() - modified) > RESTLESS.toMillis();
        var members = TrustedFile.LIST.read(path, findings).map(text -> ListText.read(text, findings));
        boolean good = !findings.hasErrors(); // a bad one may become good without a change, by its directory's mode
        return new Read(identity, settled && good, good ? members : Optional.empty(), findings.inOrder());
    }

    /** The lists of the policy that was read last, as they were then. */
    Map<Path, String> identities() {
        return Map.copyOf(identities);
    }
}
