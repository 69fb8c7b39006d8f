package io.portero.net;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import java.io.PrintWriter;
import java.util.Arrays;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

/**
 * Runs tests without Maven, on a kernel where Maven is missing ({@code make kernel-test}).
 *
 * <p>Arguments: {@code CLASS#METHOD ...}. The exit code is 0 if each of them ran and passed; a skipped test is a
 * failure.
 */
final class OnThisKernel {
    private OnThisKernel() {}

    public static void main(String[] methods) {
        var request = LauncherDiscoveryRequestBuilder.request()
                .selectors(Arrays.stream(methods)
                        .map(m -> selectMethod("io.portero.net." + m))
                        .toList())
                .build();
        var listener = new SummaryGeneratingListener();
        LauncherFactory.create().execute(request, listener);
        var summary = listener.getSummary();
        summary.printFailuresTo(new PrintWriter(System.out, true), 3);
        System.out.println("tests: " + summary.getTestsSucceededCount() + " of " + methods.length + " succeeded");
        System.exit(summary.getTestsSucceededCount() >= methods.length && summary.getTotalFailureCount() == 0 ? 0 : 1);
    }
}
