package io.portero.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ListDeltaTest {
    private static String random(Random random) {
        return ListRef.canonical(random.ints(random.nextInt(50), 0, 60)
                .mapToObj(i -> "192.0.2." + i)
                .collect(Collectors.joining("\n")));
    }

    @Test
    void leadsFromAnyListToAnyOther() {
        var random = new Random(1);
        for (int i = 0; i < 500; i++) {
            var from = random(random);
            var to = random(random);
            assertThat(ListDelta.applied(from, ListDelta.between(from, to))).contains(to);
        }
    }

    @Test
    void cannotBeAppliedToAnotherList() {
        assertThat(ListDelta.applied("192.0.2.1\n", "-192.0.2.2\n")).isEmpty();
        assertThat(ListDelta.applied("192.0.2.1\n", "+192.0.2.1\n")).isEmpty();
        assertThat(ListDelta.applied("192.0.2.1\n", "192.0.2.3\n")).isEmpty();
    }

    @Test
    void listsInCanonicalFormHaveNoCommentsAndAFixedOrder() {
        assertThat(ListRef.canonical("\uFEFF192.0.2.2 # bad\r\n\n; nothing\n192.0.2.1\n192.0.2.2"))
                .isEqualTo("192.0.2.1\n192.0.2.2\n");
    }
}
