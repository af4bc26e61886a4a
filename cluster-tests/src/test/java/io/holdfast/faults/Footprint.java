// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.faults;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * The means that the process of a member takes.
 *
 * @param heap KiB of live objects
 */
record Footprint(long heap, long threads, long files) {
    private static final Pattern USED = Pattern.compile("used (\\d+)K");
    private static final Pattern THREADS = Pattern.compile("(?m)^Threads:\\s+(\\d+)$");

    /** Measures after collections. */
    static Footprint of(Member member) {
        return new Footprint(heap(member), threads(member), files(member));
    }

    /** The same without a collection. */
    static Footprint atPresent(Member member) {
        return new Footprint(used(member), threads(member), files(member));
    }

    /** KiB of live objects. Three of four times, the serial collector leaves a part of the old generation as it is. */
    static long heap(Member member) {
        return LongStream.generate(() -> {
                    jcmd(member, "GC.run");
                    return used(member);
                })
                .limit(4)
                .min()
                .orElseThrow();
    }

    private static long used(Member member) {
        Matcher used = USED.matcher(jcmd(member, "GC.heap_info"));
        long sum = 0;
        // The young and the old generation. Metaspace comes after them.
        for (int i = 0; i < 2; i++) {
            assertTrue(used.find());
            sum += Long.parseLong(used.group(1));
        }
        return sum;
    }

    private static String jcmd(Member member, String command) {
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        return Spawned.run(jcmd, Long.toString(member.process().pid()), command);
    }

    private static Path process(Member member) {
        return Path.of("/proc", Long.toString(member.process().pid()));
    }

    private static long threads(Member member) {
        try {
            Matcher threads = THREADS.matcher(Files.readString(process(member).resolve("status")));
            assertTrue(threads.find());
            return Long.parseLong(threads.group(1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static long files(Member member) {
        try (Stream<Path> open = Files.list(process(member).resolve("fd"))) {
            return open.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
