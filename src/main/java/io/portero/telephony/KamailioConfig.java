package io.portero.telephony;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The global parameters of {@code kamailio.cfg} after its preprocessor: {@code #!define}, {@code #!substdef},
 * {@code #!ifdef} and the like, {@code include_file} and {@code import_file} (Kamailio's core cookbook).
 *
 * <p>Expressions of {@code #!if} are not evaluated: the first branch is read.
 */
final class KamailioConfig {
    private static final int MOST_FILES = 100;
    private static final Pattern COMMENT = Pattern.compile("/\\*.*?\\*/", Pattern.DOTALL);
    private static final Pattern DIRECTIVE = Pattern.compile("[#!]!(\\w+)\\s*(.*)");
    private static final Pattern INCLUDE = Pattern.compile("(?:[#!]!)?(?:include|import)_file\\s*\"([^\"]+)\".*");
    private static final Pattern PARAMETER = Pattern.compile("(\\w+)\\s*=\\s*([^;]*?)\\s*;?");
    private static final Pattern WORD = Pattern.compile("[A-Za-z_]\\w*");

    private final ConfigFiles files;
    private final Map<String, String> defined = new HashMap<>();
    private final Deque<Boolean> open = new ArrayDeque<>();
    private final List<Parameter> parameters = new ArrayList<>();
    private int read;

    record Parameter(String key, String value, String file) {}

    private KamailioConfig(ConfigFiles files) {
        this.files = files;
    }

    /** @param defines from the command line, as {@code NAME} or {@code NAME=VALUE} */
    static List<Parameter> read(ConfigFiles files, String path, List<String> defines) {
        var config = new KamailioConfig(files);
        defines.forEach(d -> config.define(d.replaceFirst("=", " ")));
        config.file(path);
        return config.parameters;
    }

    private void file(String path) {
        if (read >= MOST_FILES) {
            return;
        }
        files.text(path).ifPresent(text -> {
            read++;
            COMMENT.matcher(text).replaceAll(" ").lines().forEach(line -> line(line.strip(), path));
        });
    }

    private void line(String line, String path) {
        var include = INCLUDE.matcher(line);
        var directive = DIRECTIVE.matcher(line);
        if (include.matches()) {
            if (isOpen()) {
                file(besides(include.group(1), path));
            }
        } else if (directive.matches()) {
            directive(directive.group(1), directive.group(2).strip());
        } else if (isOpen() && !line.startsWith("#")) {
            parameter(withoutComment(line), path);
        }
    }

    /** A relative path starts at the directory of the file that names it. */
    private static String besides(String wanted, String path) {
        return wanted.startsWith("/") ? wanted : path.substring(0, path.lastIndexOf('/') + 1) + wanted;
    }

    private boolean isOpen() {
        return !open.contains(false);
    }

    private void directive(String word, String rest) {
        switch (word) {
            case "ifdef" -> open.push(defined.containsKey(first(rest)));
            case "ifndef" -> open.push(!defined.containsKey(first(rest)));
            case "ifexp", "if" -> open.push(true);
            case "else" -> {
                if (!open.isEmpty()) {
                    open.push(!open.pop());
                }
            }
            case "endif" -> open.poll();
            case "define", "redefine", "trydef", "trydefine", "def", "redef", "defenv", "trydefenv" -> {
                if (isOpen() && !(word.startsWith("try") && defined.containsKey(first(rest)))) {
                    define(rest);
                }
            }
            case "substdef", "substdefs" -> {
                if (isOpen()) {
                    substitution(rest);
                }
            }
            default -> {}
        }
    }

    private static String first(String text) {
        return text.split("\\s+", 2)[0];
    }

    private void define(String text) {
        var words = text.strip().split("\\s+", 2);
        defined.put(words[0], words.length > 1 ? unquoted(withoutComment(words[1])) : "");
    }

    /** {@code "!NAME!text!g"}, with any character between the parts. */
    private void substitution(String rest) {
        var text = unquoted(rest);
        if (text.length() > 2) {
            var parts = text.substring(1).split(Pattern.quote(text.substring(0, 1)), -1);
            if (parts.length > 1) {
                defined.put(parts[0], unquoted(parts[1]));
            }
        }
    }

    private void parameter(String line, String path) {
        var parameter = PARAMETER.matcher(line);
        if (parameter.matches()) {
            parameters.add(new Parameter(parameter.group(1), unquoted(expanded(unquoted(parameter.group(2)))), path));
        }
    }

    private String expanded(String value) {
        return WORD.matcher(value)
                .replaceAll(word -> Matcher.quoteReplacement(defined.getOrDefault(word.group(), word.group())));
    }

    private static String withoutComment(String line) {
        int hash = line.indexOf('#');
        int slashes = line.indexOf("//");
        int end = hash < 0 ? slashes : slashes < 0 ? hash : Math.min(hash, slashes);
        return (end < 0 ? line : line.substring(0, end)).strip();
    }

    private static String unquoted(String text) {
        var bare = text.strip();
        return bare.length() > 1 && bare.startsWith("\"") && bare.endsWith("\"")
                ? bare.substring(1, bare.length() - 1)
                : bare;
    }
}
