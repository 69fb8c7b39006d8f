package io.portero.policy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class InterfacePatternTest {
    private static boolean matches(String pattern, String name) {
        return new InterfacePattern(pattern).matches(name);
    }

    @Test
    void matchesOnlyByNameAsTheKernelDoes() {
        assertThat(matches("br-*", "br-ext")).isTrue();
        assertThat(matches("br-*", "br-")).isTrue();
        assertThat(matches("br-*", "br0")).isFalse();
        assertThat(matches("eth0", "eth0")).isTrue();
        assertThat(matches("eth0", "eth0.100")).isFalse();
        assertThat(matches("eth0*", "eth0.100")).isTrue();
    }
}
