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
 * Reads lists, and reads a list again only after its file has changed.
 *
 * <p>Any thread may ask which lists were read, and their identities at that time.
 */
final class ListFiles {
    /** A file that changed this recently can change again without a later modification time. */
    private static final Duration RESTLESS = Duration.ofSeconds(2);

    private final Map<ListFile, Read> known = new HashMap<>();
    private final Map<Path, String> identities = new ConcurrentHashMap<>();

    /**
     * The content of a list file.
     *
     * @param settled whether it need not be read again while its identity is the same
     * @param hasText whether it has at least one byte
     * @param members empty if the file has an error
     */
    record Read(
            String identity, boolean settled, boolean hasText, Optional<AddressSet> members, List<Problem> problems) {}

    /** Must be called before a policy is read; lists that the new policy does not name are then forgotten. */
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
        var text = TrustedFile.LIST.read(path, findings);
        var members = text.map(t -> ListText.read(t, findings));
        // a file with an error is read again: for example, a new mode of its directory can make it valid
        boolean good = !findings.hasErrors();
        return new Read(
                identity,
                settled && good,
                text.filter(t -> !t.isEmpty()).isPresent(),
                good ? members : Optional.empty(),
                findings.inOrder());
    }

    /** The lists of the policy that was read last, with their identities at that time. */
    Map<Path, String> identities() {
        return Map.copyOf(identities);
    }
}
