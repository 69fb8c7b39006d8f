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

    /** What is so. */
    String what();

    /** What comes of it. */
    String why();

    /** What to write or to run; never empty. */
    String mend();

    /** The kind of finding in words for machines, such as {@code media-closed}. */
    default String id() {
        return Pattern.compile("(?<=[a-z])(?=[A-Z])")
                .matcher(getClass().getSimpleName())
                .replaceAll("-")
                .toLowerCase(Locale.ROOT);
    }
}
