package io.portero.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** The version of this program. */
public final class Version implements IVersionProvider {

    /** The version that the build wrote to a file. */
    public static String number() {
        var properties = new Properties();
        try (var stream = Version.class.getResourceAsStream("/version.properties")) {
            if (stream != null) {
                properties.load(stream);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties.getProperty("version", "unknown");
    }

    /** Whether this is the native executable or runs on a JVM. */
    public static String runtime() {
        return "executable".equals(System.getProperty("org.graalvm.nativeimage.kind")) ? "native" : "jvm";
    }

    @Override
    public String[] getVersion() {
        return new String[] {"portero " + number() + " (" + runtime() + ")"};
    }
}
