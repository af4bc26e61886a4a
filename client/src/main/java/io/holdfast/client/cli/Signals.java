// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.cli;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * What ends a process, as told to it: SIGTERM and SIGINT. The JDK's own way to hear of them knows no second signal. Its other way is not
 * part of its public API: where that is missing, the process ends at once, as usual.
 */
final class Signals {
    private static final List<String> ENDING = List.of("TERM", "INT");

    private Signals() {}

    /** Tells of each, by its number, from now on. */
    static void tell(IntConsumer listener) {
        for (String name : ENDING)
            try {
                tell(name, listener);
            } catch (ReflectiveOperationException | IllegalArgumentException e) {
                // Then it does what it always does.
            }
    }

    private static void tell(String name, IntConsumer listener) throws ReflectiveOperationException {
        Class<?> signals = Class.forName("sun.misc.Signal"), handlers = Class.forName("sun.misc.SignalHandler");
        Object signal = signals.getConstructor(String.class).newInstance(name);
        int number = (int) signals.getMethod("getNumber").invoke(signal);
        Object handler = Proxy.newProxyInstance(
                Signals.class.getClassLoader(), new Class<?>[] {handlers}, (proxy, method, arguments) -> {
                    if (method.getName().equals("handle")) listener.accept(number);
                    return method.getReturnType() == boolean.class ? proxy == arguments[0] : null;
                });
        signals.getMethod("handle", signals, handlers).invoke(null, signal, handler);
    }
}
