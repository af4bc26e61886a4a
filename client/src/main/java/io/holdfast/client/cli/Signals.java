// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.cli;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * SIGTERM and SIGINT. The JDK's public API cannot report a second signal. The class that can is not part of that API; if it is missing,
 * a signal ends the process at once, as usual.
 */
final class Signals {
    private static final List<String> ENDING = List.of("TERM", "INT");

    private Signals() {}

    /** Calls the listener for each signal, with its number, from now on. */
    static void onSignal(IntConsumer listener) {
        for (String name : ENDING)
            try {
                register(name, listener);
            } catch (ReflectiveOperationException | IllegalArgumentException e) {
                // The signal then has its usual effect.
            }
    }

    private static void register(String name, IntConsumer listener) throws ReflectiveOperationException {
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
