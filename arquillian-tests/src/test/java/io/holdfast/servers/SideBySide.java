// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.servers;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;

/**
 * Runs a further contract within the contract of a server, because a test class of its own would deploy again. The tests share nothing and
 * mostly wait, so they run side by side.
 */
final class SideBySide {
    private static final int AT_ONCE = 8;

    private SideBySide() {}

    /** Starts all tests of the contract, each on an instance of its own. */
    static <T> Stream<DynamicTest> tests(Class<T> contract, Supplier<? extends T> instances) {
        ExecutorService executor = Executors.newFixedThreadPool(AT_ONCE);
        List<DynamicTest> tests = Stream.of(contract.getDeclaredMethods())
                .filter(method -> method.getReturnType() == void.class && !Modifier.isPrivate(method.getModifiers()))
                .sorted(Comparator.comparing(Method::getName))
                .map(method -> {
                    if (!method.isAnnotationPresent(Test.class))
                        throw new IllegalStateException(method + " is no plain test");
                    method.setAccessible(true);
                    Future<?> run = executor.submit(() -> method.invoke(instances.get()));
                    return DynamicTest.dynamicTest(method.getName(), () -> await(run));
                })
                .toList();
        executor.shutdown();
        return tests.stream();
    }

    private static void await(Future<?> run) throws Throwable {
        try {
            run.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof InvocationTargetException thrown ? thrown.getCause() : e;
        }
    }
}
