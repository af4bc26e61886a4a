// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.ops;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A heap that fills up, in a JVM of its own with each collector. */
class HeapWatchIT {

    /** The JVM: fills its heap until that is told, and then lets go of everything. */
    static final class Filling {
        private Filling() {}

        /** Prints the reason, and then how it stands with a free heap. */
        public static void main(String[] arguments) {
            HeapWatch watch = new HeapWatch();
            System.out.println(watch.pressure().orElse("free"));
            Deque<byte[]> all = new ArrayDeque<>();
            try {
                while (watch.pressure().isEmpty()) {
                    for (int i = 0; i < 100; i++) all.add(new byte[1024]);
                    if (all.size() % 4000 == 0) System.gc();
                }
            } catch (OutOfMemoryError tooLate) {
                all.clear();
                System.out.println("too late");
            }
            System.out.println(watch.pressure().orElse("not told"));
            all.clear();
            System.gc();
            System.out.println(watch.pressure().orElse("free"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-XX:+UseSerialGC", "-XX:+UseG1GC", "-XX:+UseParallelGC"})
    void aHeapThatIsAlmostFullAfterACollectionIsToldBeforeTheErrorAndNotAfterwards(String collector) throws Exception {
        Process jvm = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx96m",
                        collector,
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Filling.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        List<String> told =
                new String(jvm.getInputStream().readAllBytes(), UTF_8).lines().toList();
        assertTrue(jvm.waitFor(60, TimeUnit.SECONDS));
        assertEquals(3, told.size(), told.toString());
        assertEquals("free", told.get(0));
        assertTrue(told.get(1).matches("the heap was \\d+ % full after the last collection; .*"), told.get(1));
        assertEquals("free", told.get(2));
    }
}
