package io.portero.net;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;

/** A program named nft in the agent's path, which first runs other commands and then the real nft. */
final class NftInPath {
    /**
     * The names of nft processes in the kernel; an nft that was unpacked beside the system's runs through its own
     * loader.
     */
    static final List<String> PROCESS_NAMES = List.of("nft", "ld-linux-x86-64");

    private final Path program;

    /** @param directory a new directory for this program alone */
    NftInPath(Path directory) throws IOException {
        this.program = Files.createDirectories(directory).resolve("nft");
        does("");
    }

    /** The path, without other directories with programs. */
    String path() {
        return program.getParent() + ":/nowhere";
    }

    Path directory() {
        return program.getParent();
    }

    /** @param first shell commands; they must name programs by absolute paths */
    void does(String first) throws IOException {
        var fresh = program.resolveSibling("fresh");
        Files.writeString(fresh, "#!/bin/sh\n" + first + "\nexec " + real() + " \"$@\"\n");
        Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.move(fresh, program, StandardCopyOption.REPLACE_EXISTING);
    }

    /** The nft that other programs find; the tests may run with another. */
    static Path real() {
        return Stream.of(System.getenv("PATH").split(":"), new String[] {"/usr/sbin"})
                .flatMap(Stream::of)
                .map(d -> Path.of(d, "nft"))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow();
    }

    void vanish() throws IOException {
        Files.delete(program);
    }
}
