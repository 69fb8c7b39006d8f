package io.portero.config;

import java.io.StringReader;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.reader.ReaderException;

/** Parses text as YAML nodes, and explains in plain words why text is not YAML. */
final class YamlText {
    private static final int MAX_CODE_POINTS = 4 * 1024 * 1024;

    private YamlText() {}

    /** Null if the text is not YAML, or is empty. */
    static @Nullable Node compose(String text, Findings findings) {
        var options = new LoaderOptions();
        options.setCodePointLimit(MAX_CODE_POINTS);
        try {
            var root = new Yaml(options).compose(new StringReader(text));
            if (root == null || Tag.NULL.equals(root.getTag())) {
                findings.error(0, "", "the file is empty; a policy needs at least services");
                return null;
            }
            return root;
        } catch (ReaderException e) {
            int line = 1
                    + (int) text.codePoints()
                            .limit(e.getPosition())
                            .filter(c -> c == '\n')
                            .count();
            findings.error(
                    line,
                    "",
                    String.format(
                            "the character U+%04X is not allowed in YAML; check that this is a text file",
                            e.getCodePoint()));
        } catch (MarkedYAMLException e) {
            findings.error(line(e).orElse(0), "", "this is not YAML: " + plain(e));
        } catch (YAMLException e) {
            findings.error(0, "", "this is not YAML: " + oneLine(String.valueOf(e.getMessage())));
        } catch (StackOverflowError e) {
            findings.error(0, "", "the file is nested too deeply; a policy has at most four levels");
        }
        return null;
    }

    private static OptionalInt line(MarkedYAMLException e) {
        var mark = e.getProblemMark();
        return mark == null ? OptionalInt.empty() : OptionalInt.of(mark.getLine() + 1);
    }

    private static String plain(MarkedYAMLException e) {
        var problem = oneLine(String.valueOf(e.getProblem()));
        if (problem.contains("(TAB)")) {
            return "a tab is used for indentation; replace it with spaces";
        }
        return problem;
    }

    private static String oneLine(String text) {
        return text.lines().limit(1).collect(Collectors.joining()).replaceAll("\\p{Cntrl}", "?");
    }
}
