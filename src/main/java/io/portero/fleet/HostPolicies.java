package io.portero.fleet;

import io.portero.config.Loaded;
import io.portero.config.Outside;
import io.portero.config.PolicyReader;
import io.portero.fleet.Refusal.Kind;
import io.portero.policy.Policy;
import io.portero.policy.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Reads the future policies of hosts as their agents will read them.
 *
 * <p>Equal policies are read once. It works in a temporary directory, which {@link #close} removes.
 */
public final class HostPolicies implements AutoCloseable {
    private final PolicyReader reader;
    private final Outside outside;
    private final WorkDirectory work;
    private final Map<String, Judged> known = new HashMap<>();

    public HostPolicies(PolicyReader reader, Outside outside) throws Refusal {
        this.reader = reader;
        this.outside = outside;
        this.work = WorkDirectory.make();
    }

    /**
     * A host's policy as far as it could be read.
     *
     * @param problems with the layer that each comes from, as lines
     */
    public record Judged(Optional<Policy> policy, List<String> problems) {
        public Judged {
            problems = List.copyOf(problems);
        }

        public boolean isGood() {
            return policy.isPresent();
        }
    }

    /** @param lists returns the content of a list by its name */
    public Judged of(Layer groups, Layer role, Layer host, Function<String, Optional<String>> lists) throws Refusal {
        Composition.Composed composed;
        try {
            composed = Composition.of(groups, role, host, Optional.empty());
        } catch (Refusal e) {
            return new Judged(Optional.empty(), List.of(e.sentence()));
        }
        var placed = ListRef.placed(
                composed.policy(), name -> place(lists.apply(name).orElse("")).toString());
        var text = TreeText.print(placed);
        var judged = known.get(text + host.name());
        if (judged == null) {
            var file = work.path().resolve("policy.yaml");
            write(file, text);
            judged = judged(reader.read(file, outside), composed);
            known.put(text + host.name(), judged);
        }
        return judged;
    }

    private static Judged judged(Loaded loaded, Composition.Composed composed) {
        var problems = loaded.problems().stream().map(p -> inLayer(p, composed)).toList();
        return new Judged(
                loaded instanceof Loaded.Accepted accepted ? Optional.of(accepted.policy()) : Optional.empty(),
                problems);
    }

    private static String inLayer(Problem problem, Composition.Composed composed) {
        var layer = composed.layerOf(problem.key()).orElse("the whole policy");
        return new Problem(problem.severity(), layer, 0, problem.key(), problem.sentence()).toString();
    }

    private Path place(String list) {
        var file = work.path().resolve(ListRef.of("list", list).hash() + ".txt");
        try {
            if (!Files.exists(file)) {
                write(file, list);
            }
        } catch (Refusal e) {
            return file; // the list is then reported as missing
        }
        return file;
    }

    private static void write(Path file, String text) throws Refusal {
        try {
            Files.writeString(file, text);
            Files.setPosixFilePermissions(file, java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
        } catch (IOException e) {
            throw new Refusal(Kind.LAYER, file + " cannot be written: " + e.getMessage());
        }
    }

    @Override
    public void close() {
        work.close();
    }
}
