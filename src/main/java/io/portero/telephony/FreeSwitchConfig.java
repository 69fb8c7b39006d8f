package io.portero.telephony;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * FreeSWITCH's XML as far as ports go: the variables that {@code X-PRE-PROCESS} sets, and the {@code param}s of one file
 * with {@code $${variables}} put in. Comments are left out.
 */
final class FreeSwitchConfig {
    private static final int MOST_FILES = 100;
    /** A variable may refer to another one; more steps than this are a loop. */
    private static final int MOST_STEPS = 10;

    private static final Pattern COMMENT = Pattern.compile("<!--.*?-->", Pattern.DOTALL);
    private static final Pattern TAG = Pattern.compile("<(X-PRE-PROCESS|param)\\s+([^>]*)>", Pattern.CASE_INSENSITIVE);
    private static final Pattern ATTRIBUTE = Pattern.compile("([\\w-]+)\\s*=\\s*(?:\"([^\"]*)\"|'([^']*)')");
    private static final Pattern VARIABLE = Pattern.compile("\\$\\$\\{([^}]+)}");

    private final ConfigFiles files;
    private final Map<String, String> variables = new HashMap<>();
    private int read;

    /** @param variables set by {@code vars.xml} and what it includes */
    FreeSwitchConfig(ConfigFiles files, String variables) {
        this.files = files;
        preprocess(variables);
    }

    private void preprocess(String path) {
        if (read >= MOST_FILES) {
            return;
        }
        read++;
        files.text(path).ifPresent(text -> {
            for (var tag : tags(text)) {
                if (tag.name().equalsIgnoreCase("X-PRE-PROCESS")) {
                    var data = tag.attributes().getOrDefault("data", "");
                    switch (tag.attributes().getOrDefault("cmd", "")) {
                        case "set" -> set(data);
                        case "include" -> include(data, path);
                        default -> {}
                    }
                }
            }
        });
    }

    private void set(String data) {
        int equals = data.indexOf('=');
        if (equals > 0) {
            variables.put(
                    data.substring(0, equals).strip(),
                    data.substring(equals + 1).strip());
        }
    }

    private void include(String data, String path) {
        var wanted = expanded(data);
        var absolute = wanted.startsWith("/") ? wanted : path.substring(0, path.lastIndexOf('/') + 1) + wanted;
        (absolute.contains("*") ? files.matching(absolute) : List.of(absolute)).forEach(this::preprocess);
    }

    /** The params of a file by name; of several with one name, the last. */
    Map<String, String> params(String path) {
        var params = new HashMap<String, String>();
        files.text(path).ifPresent(text -> {
            for (var tag : tags(text)) {
                if (tag.name().equals("param")) {
                    params.put(
                            tag.attributes().getOrDefault("name", ""),
                            expanded(tag.attributes().getOrDefault("value", "")));
                }
            }
        });
        return params;
    }

    Optional<String> variable(String name) {
        return Optional.ofNullable(variables.get(name)).map(this::expanded);
    }

    private String expanded(String text) {
        var now = text;
        for (int step = 0; step < MOST_STEPS && now.contains("$${"); step++) {
            now = VARIABLE.matcher(now)
                    .replaceAll(v -> Matcher.quoteReplacement(variables.getOrDefault(v.group(1), "")));
        }
        return now;
    }

    private record Tag(String name, Map<String, String> attributes) {}

    private static List<Tag> tags(String text) {
        var tags = new ArrayList<Tag>();
        var tag = TAG.matcher(COMMENT.matcher(text).replaceAll(""));
        while (tag.find()) {
            var attributes = new HashMap<String, String>();
            var attribute = ATTRIBUTE.matcher(tag.group(2));
            while (attribute.find()) {
                attributes.put(
                        attribute.group(1), attribute.group(2) == null ? attribute.group(3) : attribute.group(2));
            }
            tags.add(new Tag(tag.group(1), attributes));
        }
        return tags;
    }
}
