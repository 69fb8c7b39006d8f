package io.portero.doctor;

import java.util.Comparator;
import java.util.Locale;
import java.util.regex.Pattern;

/** A problem, present or likely; each text is one sentence or line. */
public sealed interface Finding
        permits CallFinding, MediaFinding, FirewallFinding, PolicyFinding, KernelFinding, HostFinding {
    Comparator<Finding> ORDER = Comparator.comparing(Finding::topic)
            .thenComparing(Finding::severity)
            .thenComparing(Finding::what);

    Severity severity();

    Topic topic();

    /** The problem. */
    String what();

    /** The consequence. */
    String why();

    /** The line to write or to run; never empty. */
    String mend();

    /** The name of the kind of finding in JSON and metrics, for example {@code media-closed}. */
    default String id() {
        return Pattern.compile("(?<=[a-z])(?=[A-Z])")
                .matcher(getClass().getSimpleName())
                .replaceAll("-")
                .toLowerCase(Locale.ROOT);
    }
}
