package io.portero.net;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The resources of a process at one time.
 *
 * @param pid the process id, because a restarted process begins small
 * @param memory private memory that was written to, in KiB ({@code Private_Dirty} of proc(5))
 * @param descriptors the number of open files
 * @param children the number of running child processes
 */
record Footprint(long pid, long memory, int descriptors, int children) {
    /** With fewer measurements, the life of a process is too short for a trend. */
    private static final int ENOUGH = 20;
    /** Connections of clients that are not closed yet. */
    private static final int SPARE = 3;

    private static final long NATIVE_ALLOWANCE = 3 * 1024;

    static Footprint of(long pid) throws IOException {
        var process = Path.of("/proc", Long.toString(pid));
        long memory = Files.readAllLines(process.resolve("smaps_rollup")).stream()
                .filter(l -> l.startsWith("Private_Dirty:"))
                .mapToLong(l -> Long.parseLong(l.replaceAll("\\D", "")))
                .sum();
        try (var descriptors = Files.list(process.resolve("fd"))) {
            int children = (int) ProcessHandle.of(pid).stream()
                    .flatMap(ProcessHandle::children)
                    .count();
            return new Footprint(pid, memory, (int) descriptors.count(), children);
        }
    }

    /** The growth from the first quarter of each process's life to its last quarter; short lives are ignored. */
    static List<String> growth(List<Footprint> course) {
        return course.stream()
                .collect(Collectors.groupingBy(Footprint::pid, LinkedHashMap::new, Collectors.toList()))
                .values()
                .stream()
                .filter(life -> life.size() >= ENOUGH)
                .flatMap(Footprint::ofOneLife)
                .toList();
    }

    private static Stream<String> ofOneLife(List<Footprint> life) {
        var first = life.subList(life.size() / 8, life.size() / 4 + life.size() / 8);
        var last = life.subList(life.size() - life.size() / 4, life.size());
        return Stream.of(
                        grown(
                                "descriptors",
                                median(first, Footprint::descriptors),
                                median(last, Footprint::descriptors),
                                SPARE),
                        grown("children", median(first, Footprint::children), median(last, Footprint::children), 0),
                        grown(
                                "KiB of memory",
                                median(first, Footprint::memory),
                                median(last, Footprint::memory),
                                allowance()))
                .flatMap(Optional::stream);
    }

    /** A JVM takes more memory until it must collect garbage, so its growth says nothing about the agent. */
    private static long allowance() {
        return PackagedProgram.runtime().equals("native") ? NATIVE_ALLOWANCE : Long.MAX_VALUE / 2;
    }

    private static Optional<String> grown(String what, long from, long to, long allowed) {
        return to > from + allowed ? Optional.of(what + " grew from " + from + " to " + to) : Optional.empty();
    }

    private static long median(List<Footprint> life, ToLongFunction<Footprint> size) {
        return life.stream()
                .mapToLong(size)
                .sorted()
                .skip(life.size() / 2)
                .findFirst()
                .orElse(0);
    }

    static String course(List<Footprint> course) {
        return range("memory", course, Footprint::memory) + " KiB, "
                + range("descriptors", course, Footprint::descriptors) + ", "
                + range("children", course, Footprint::children);
    }

    private static String range(String what, List<Footprint> course, ToLongFunction<Footprint> size) {
        var sizes = course.stream().mapToLong(size).summaryStatistics();
        return what + " " + (sizes.getCount() == 0 ? "not seen" : sizes.getMin() + " to " + sizes.getMax());
    }
}
