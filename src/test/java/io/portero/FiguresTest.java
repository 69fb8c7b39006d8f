package io.portero;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** docs/performance.json holds every figure; the tables, the row of README and the pictures say the same. */
class FiguresTest {
    private static final Path DATA = Path.of("docs/performance.json");
    private static final String NOT_KNOWN = "–";

    @ParameterizedTest
    @CsvSource({"change, program, case", "loss, program, case", "packet, case, program", "part, case, program"})
    void theTableHasEveryFigureAndNoOther(String table, String rows, String columns) throws IOException {
        var figures = new HashMap<String, String>();
        for (var figure : figures(table)) {
            figures.put(figure.get(rows).asText() + " / " + figure.get(columns).asText(), said(figure));
        }
        assertThat(figures).hasSameSizeAs(figures(table));
        assertThat(cells(table)).isNotEmpty().isEqualTo(figures);
    }

    @Test
    void everyFigureBelongsToATable() throws IOException {
        assertThat(all())
                .allSatisfy(
                        figure -> assertThat(figure.get("table").asText()).isIn("change", "loss", "packet", "part"));
    }

    @Test
    void everyFigureSaysWhenAndHowItWasMeasured() throws IOException {
        assertThat(all()).allSatisfy(figure -> {
            assertThat(figure.get("measured").asText()).matches("20\\d\\d-\\d\\d-\\d\\d");
            assertThat(figure.get("how").asText()).isNotBlank();
        });
    }

    @Test
    void everyKeyOfAMeasurementIsInTheBenchmark() throws IOException {
        var bench = Files.readString(Path.of("scripts/bench"))
                .replace("member-{count}", "member-4 member-10000 member-100000")
                .replace("staged {what}", "staged one way, staged both ways")
                .replace("flood-{what}-{size}", "flood-established-4 flood-new-4");
        assertThat(all())
                .filteredOn(figure -> figure.has("bench"))
                .hasSizeGreaterThan(10)
                .allSatisfy(figure ->
                        assertThat(bench).contains(figure.get("bench").asText().split(":")[0]));
    }

    @ParameterizedTest
    @ValueSource(strings = {"light", "dark"})
    void thePictureIsMadeFromTheFiguresAndTheScriptOfToday(String theme) throws Exception {
        var picture = Files.readString(Path.of("docs/pictures/performance-" + theme + ".svg"));
        assertThat(picture).as("run make plots").contains("made from " + digest(DATA, Path.of("scripts/plots")));
        for (var figure : all()) {
            if (!figure.get("table").asText().equals("part")) {
                assertThat(picture).contains(said(figure));
            }
        }
    }

    @Test
    void readmeComparesTheSameTimes() throws IOException {
        var row = line("README.md", "| time until one more address is in force ¹ |")
                .split(" \\| ", -1);
        var names = List.of("Portero", "ufw", "firewalld", "foomuuri");
        for (int i = 0; i < names.size(); i++) {
            double milliseconds = value("change", names.get(i), "4 sources");
            var seconds = milliseconds < 1000
                    ? String.format(Locale.ROOT, "%.2f s", Math.floor(milliseconds / 10 + 0.5) / 100)
                    : String.format(Locale.ROOT, "%.1f s", Math.floor(milliseconds / 100 + 0.5) / 10);
            assertThat(row[i + 1]).isEqualTo(seconds);
        }
    }

    @Test
    void readmeComparesTheSameLosses() throws IOException {
        var row = line("README.md", "| traffic during a reload ¹ |").split(" \\| ", -1);
        var lost = value("loss", "ufw", "lost") / 1000;
        var open = value("loss", "ufw", "let in") / 1000;
        assertThat(value("loss", "Portero", "lost")).isZero();
        assertThat(row[1]).isEqualTo("none lost");
        assertThat(row[2]).isEqualTo(String.format(Locale.ROOT, "%.2f s lost, and open for %.1f s", lost, open));
        assertThat(row[3])
                .isEqualTo(String.format(
                        Locale.ROOT, "new flows lost for %.2f s", value("loss", "firewalld", "lost") / 1000));
    }

    private static double value(String table, String program, String situation) throws IOException {
        return figures(table).stream()
                .filter(figure -> figure.get("program").asText().equals(program))
                .filter(figure -> figure.get("case").asText().equals(situation))
                .findFirst()
                .orElseThrow()
                .get("value")
                .asDouble();
    }

    /** A figure without a value waits for its first run of scripts/bench. */
    private static List<JsonNode> all() throws IOException {
        var figures = new ObjectMapper().readTree(DATA.toFile()).get("figures");
        return StreamSupport.stream(figures.spliterator(), false)
                .filter(figure -> !figure.get("value").isNull())
                .toList();
    }

    private static List<JsonNode> figures(String table) throws IOException {
        return all().stream()
                .filter(figure -> figure.get("table").asText().equals(table))
                .toList();
    }

    /** For example: 0.9 to 1.1 on 4.5 µs. */
    private static String said(JsonNode figure) {
        var value = figure.get("value");
        if (value.isNumber() && value.asDouble() == 0) {
            return "nothing";
        }
        var text = value.isArray() ? number(value.get(0)) + " to " + number(value.get(1)) : number(value);
        if (figure.has("base")) {
            text += " on " + number(figure.get("base"));
        }
        var words = figure.has("words") ? figure.get("words").asText() : "{}";
        return words.replace("{}", text + " " + figure.get("unit").asText());
    }

    private static String number(JsonNode value) {
        return value.isInt() ? String.format(Locale.ROOT, "%,d", value.asInt()) : value.asText();
    }

    /** The cells of a generated table by row and column, without the marks that lead to the notes below it. */
    private static Map<String, String> cells(String table) throws IOException {
        var page = Files.readString(Path.of("docs/performance.md"));
        var block = Pattern.compile("(?s)<!-- " + table + ": written by make plots -->(.*?)<!-- end -->")
                .matcher(page);
        assertThat(block.find()).as("the table %s", table).isTrue();
        var lines = block.group(1)
                .lines()
                .filter(line -> line.startsWith("| "))
                .map(line -> line.substring(1, line.length() - 1).split("\\|", -1))
                .toList();
        var cells = new HashMap<String, String>();
        for (var line : lines.subList(1, lines.size())) {
            for (int i = 1; i < line.length; i++) {
                var cell = line[i].strip().replaceAll(" [¹²³⁴⁵⁶⁷⁸⁹]$", "");
                if (!cell.equals(NOT_KNOWN)) {
                    cells.put(line[0].strip() + " / " + lines.getFirst()[i].strip(), cell);
                }
            }
        }
        return cells;
    }

    private static String line(String page, String start) throws IOException {
        return Files.readString(Path.of(page))
                .lines()
                .filter(line -> line.startsWith(start))
                .findFirst()
                .orElseThrow();
    }

    private static String digest(Path... files) throws IOException, NoSuchAlgorithmException {
        var sha256 = MessageDigest.getInstance("SHA-256");
        for (var file : files) {
            sha256.update(Files.readString(file).getBytes(StandardCharsets.UTF_8));
        }
        return HexFormat.of().formatHex(sha256.digest());
    }
}
