package io.portero.config;

import io.smallrye.config.ConfigValidationException;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.smallrye.config.source.yaml.YamlConfigSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;

/**
 * Reads a policy file, afresh each time, and finds everything that is wrong with it.
 *
 * <p>Only a regular file that belongs to root or to the agent's own user and that nobody else may write is read at all:
 * who can write the policy can open the host.
 */
public final class PolicyReader {
    private static final int MAX_BYTES = 4 * 1024 * 1024;

    /** Reads the file; what cannot be read is a refusal like any other. */
    public Loaded read(Path path) {
        var findings = new Findings(path.toString());
        try {
            if (isTrusted(path, findings)) {
                return parse(decode(Files.readAllBytes(path), findings), findings);
            }
        } catch (NoSuchFileException e) {
            findings.error(0, "", "there is no such file; write one, or name another with --config");
        } catch (AccessDeniedException e) {
            findings.error(0, "", "reading it is not permitted; give the agent's user the right to read it");
        } catch (IOException e) {
            findings.error(0, "", "reading it failed: " + e.getMessage());
        }
        return new Loaded.Refused(findings.inOrder());
    }

    /** Reads a policy from text; {@code file} is what problems call it. */
    public Loaded parse(String file, String text) {
        return parse(text, new Findings(file));
    }

    private static Loaded parse(String text, Findings findings) {
        if (findings.hasErrors()) {
            return new Loaded.Refused(findings.inOrder());
        }
        var document = PolicyDocument.read(text, findings);
        if (document.isEmpty()) {
            return new Loaded.Refused(findings.inOrder());
        }
        var parser = new PolicyParser(mapped(document), document, findings);
        var policy = parser.policy();
        var settings = parser.settings();
        if (!findings.hasErrors()) {
            parser.checkWhole(policy);
        }
        return findings.hasErrors()
                ? new Loaded.Refused(findings.inOrder())
                : new Loaded.Accepted(policy, settings, text, findings.inOrder());
    }

    /** No other source, no profile and no expression has a say: the file alone is the policy. */
    private static PolicyFile mapped(PolicyDocument document) {
        try {
            return new SmallRyeConfigBuilder()
                    .withSources(new YamlConfigSource("policy", document.properties(), 100))
                    .withMapping(PolicyFile.class)
                    .build()
                    .getConfigMapping(PolicyFile.class);
        } catch (ConfigValidationException e) {
            throw new IllegalStateException("the shape of the policy file and its mapping differ", e);
        }
    }

    private static String decode(byte[] bytes, Findings findings) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            findings.error(0, "", "it is not text in UTF-8; is this the right file?");
            return "";
        }
    }

    private static boolean isTrusted(Path path, Findings findings) throws IOException {
        var attributes = Files.readAttributes(path, PosixFileAttributes.class);
        if (!attributes.isRegularFile()) {
            findings.error(
                    0,
                    "",
                    "it is a " + (attributes.isDirectory() ? "directory" : "special file")
                            + "; a policy is a regular file");
        } else if (attributes.size() > MAX_BYTES) {
            findings.error(0, "", "it has " + attributes.size() + " bytes, and a policy has at most " + MAX_BYTES);
        } else if (!isSafeOwner(path)) {
            findings.error(
                    0,
                    "",
                    "it belongs to " + attributes.owner().getName()
                            + "; a policy belongs to root or to the agent's user: chown root " + path);
        } else if (attributes.permissions().contains(PosixFilePermission.GROUP_WRITE)
                || attributes.permissions().contains(PosixFilePermission.OTHERS_WRITE)) {
            findings.error(0, "", "others than its owner may write it, and so could open the host: chmod go-w " + path);
        } else {
            return true;
        }
        return false;
    }

    private static boolean isSafeOwner(Path path) throws IOException {
        var owner = Files.getAttribute(path, "unix:uid");
        return owner.equals(0) || owner.equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
    }
}
