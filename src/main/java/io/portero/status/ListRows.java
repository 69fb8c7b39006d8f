package io.portero.status;

import io.portero.lists.ListState;
import io.portero.policy.AddressSet;
import io.portero.policy.Policy;
import io.portero.policy.Problem;
import io.portero.policy.Reference.ListFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Makes the rows of the lists of a policy: files as they are on disk, web lists as they were fetched. */
public final class ListRows {
    private ListRows() {}

    /**
     * @param states the states of the web lists
     * @param problems the problems of the policy file and of its lists
     */
    public static List<ListRow> of(Policy policy, List<ListState> states, List<Problem> problems, Instant now) {
        var rows = new ArrayList<ListRow>();
        policy.lists().forEach((list, members) -> rows.add(file(policy, list, members, problems, now)));
        states.forEach(s -> rows.add(ListRow.of(s, now)));
        return rows;
    }

    private static ListRow file(Policy policy, ListFile list, AddressSet members, List<Problem> problems, Instant now) {
        var attributes = attributes(Path.of(list.path()));
        var error = problems.stream()
                .filter(p -> p.file().equals(list.path()))
                .findFirst()
                .map(p -> (p.line() > 0 ? "line " + p.line() + ": " : "") + p.sentence());
        return ListRow.of(
                list.toString(),
                policy.places(list),
                members.rangeCount(),
                attributes.map(BasicFileAttributes::size),
                attributes.map(a -> a.lastModifiedTime().toInstant()),
                error,
                now);
    }

    private static Optional<BasicFileAttributes> attributes(Path file) {
        try {
            return Optional.of(Files.readAttributes(file, BasicFileAttributes.class));
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
