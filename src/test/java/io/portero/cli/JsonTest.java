package io.portero.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class JsonTest {
    @Test
    void keepsTheOrderOfFieldsAndBreaksLines() {
        assertThat(Json.print(Json.object().put("b", 1).put("a", "x\ny")))
                .isEqualToNormalizingNewlines("{\n  \"b\" : 1,\n  \"a\" : \"x\\ny\"\n}");
    }
}
