package io.portero.lab;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class PatienceTest {
    @Test
    void multipliesItsTimeoutsByTheFactorInTheEnvironment() {
        assertThat(Patience.factor("20")).isEqualTo(20);
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", "0", "-3", "2.5", "many", "99999999999"})
    void waitsAsUsualForWhateverIsNoPositiveNumber(String text) {
        assertThat(Patience.factor(text)).isEqualTo(1);
    }
}
