package io.portero.telephony;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * One file of Asterisk's configuration with what it includes: sections of {@code key = value}, with {@code ;} and
 * {@code ;-- --;} for comments, {@code [name](!)} for templates and {@code [name](template)} for sections that use
 * them.
 */
final class AsteriskConfig {
    /** The limits of nesting and number of includes: more is a mistake, such as a file that includes itself. */
    private static final int MOST_FILES = 300;

    private static final Pattern BLOCK_COMMENT = Pattern.compile(";--.*?--;", Pattern.DOTALL);
    private static final Pattern SECTION = Pattern.compile("\\[([^]]+)]\\s*(?:\\(([^)]*)\\))?");
    private static final Pattern INCLUDE = Pattern.compile("#(?:try)?include\\s+[\"<]?([^\">]+)[\">]?\\s*");

    private final ConfigFiles files;
    private final String directory;
    private final Map<String, Section> sections = new LinkedHashMap<>();
    private Section current = new Section("", false);
    private int read;

    /** @param template whether it is only a template */
    record Section(String name, boolean template, List<Setting> settings) {
        Section(String name, boolean template) {
            this(name, template, new ArrayList<>());
        }

        /** The last value of a key, which for most keys is the one that Asterisk uses. */
        Optional<Setting> get(String key) {
            return settings.stream().filter(s -> s.key().equals(key)).reduce((a, b) -> b);
        }

        String value(String key, String otherwise) {
            return get(key).map(Setting::value).orElse(otherwise);
        }

        boolean isTrue(String key) {
            return List.of("yes", "true", "y", "t", "1", "on")
                    .contains(value(key, "no").toLowerCase(Locale.ROOT));
        }
    }

    record Setting(String key, String value, String file) {}

    private AsteriskConfig(ConfigFiles files, String directory) {
        this.files = files;
        this.directory = directory;
    }

    static AsteriskConfig read(ConfigFiles files, String directory, String name) {
        var config = new AsteriskConfig(files, directory);
        config.file(directory + "/" + name);
        return config;
    }

    /** Whether the file exists. */
    boolean exists() {
        return read > 0;
    }

    Section section(String name) {
        return sections.getOrDefault(name, new Section(name, false));
    }

    /** Without templates. */
    List<Section> sections() {
        return sections.values().stream().filter(s -> !s.template()).toList();
    }

    private void file(String path) {
        if (read >= MOST_FILES) {
            return;
        }
        files.text(path).ifPresent(text -> {
            read++;
            BLOCK_COMMENT
                    .matcher(text)
                    .replaceAll("")
                    .lines()
                    .forEach(line -> line(withoutComment(line).strip(), path));
        });
    }

    /** A backslash escapes a semicolon. */
    private static String withoutComment(String line) {
        for (int i = 0; i < line.length(); i++) {
            if (line.charAt(i) == ';' && (i == 0 || line.charAt(i - 1) != '\\')) {
                return line.substring(0, i);
            }
        }
        return line;
    }

    private void line(String line, String path) {
        var include = INCLUDE.matcher(line);
        var heading = SECTION.matcher(line);
        if (include.matches()) {
            var wanted = include.group(1).strip();
            var absolute = wanted.startsWith("/") ? wanted : directory + "/" + wanted;
            (absolute.contains("*") ? files.matching(absolute) : List.of(absolute)).forEach(this::file);
        } else if (heading.lookingAt()) {
            section(heading.group(1), heading.group(2) == null ? "" : heading.group(2));
        } else if (line.contains("=")) {
            int equals = line.indexOf('=');
            var value = line.substring(equals + 1);
            current.settings()
                    .add(new Setting(
                            line.substring(0, equals).strip(),
                            (value.startsWith(">") ? value.substring(1) : value).strip(),
                            path));
        }
    }

    /** A section may continue elsewhere: {@code [name](+)}, or again under the same name. */
    private void section(String name, String how) {
        var words = List.of(how.split("\\s*,\\s*"));
        var section = sections.computeIfAbsent(name, n -> new Section(n, words.contains("!")));
        for (var word : words) {
            var template = sections.get(word.strip());
            if (template != null && template != section) {
                section.settings().addAll(template.settings());
            }
        }
        current = section;
    }
}
