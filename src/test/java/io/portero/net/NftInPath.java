package io.portero.net;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;

/** A program named nft that stands in the agent's path: does something first, and is the real one then. */
final class NftInPath {
    /** What the kernel calls a process of nft; one that is unpacked beside another runs through its own loader. */
    static final List<String> PROCESS_NAMES = List.of("nft", "ld-linux-x86-64");

    private final Path program;

    /** @param directory a new one, for itself */
    NftInPath(Path directory) throws IOException {
        this.program = Files.createDirectories(directory).resolve("nft");
        does("");
    }

    /** The path with nothing else in it. */
    String path() {
        return program.getParent() + ":/nowhere";
    }

    Path directory() {
        return program.getParent();
    }

    /** @param first lines of shell, without other programs than those named by their whole path */
    void does(String first) throws IOException {
        var fresh = program.resolveSibling("fresh");
        Files.writeString(fresh, "#!/bin/sh\n" + first + "\nexec " + real() + " \"$@\"\n");
        Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.move(fresh, program, StandardCopyOption.REPLACE_EXISTING);
    }

    /** The one that other programs find, which the tests may be run with another of. */
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
