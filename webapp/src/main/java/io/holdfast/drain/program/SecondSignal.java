// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.drain.program;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;

/**
 * Further signals to a process that is ending already. The JVM ignores them. The class that tells them is no part of the Java platform, so
 * it is looked for, and where it is missing they stay ignored.
 */
public final class SecondSignal {
    private static final Logger LOG = System.getLogger(SecondSignal.class.getName());
    private static final String[] SIGNALS = {"TERM", "INT"};

    private SecondSignal() {}

    /** Runs the task with each of them from now on, on a thread of its own. */
    public static void on(Runnable task) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal"), handler = Class.forName("sun.misc.SignalHandler");
            InvocationHandler runs = (self, method, arguments) -> {
                if (!method.getDeclaringClass().equals(handler)) return ofObject(self, method.getName(), arguments);
                task.run();
                return null;
            };
            Object proxy = Proxy.newProxyInstance(SecondSignal.class.getClassLoader(), new Class<?>[] {handler}, runs);
            for (String name : SIGNALS)
                signal.getMethod("handle", signal, handler)
                        .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
        } catch (ReflectiveOperationException | RuntimeException e) {
            LOG.log(Level.DEBUG, "A second signal changes nothing", e);
        }
    }

    private static Object ofObject(Object self, String method, Object[] arguments) {
        return switch (method) {
            case "equals" -> self == arguments[0];
            case "hashCode" -> System.identityHashCode(self);
            default -> "SecondSignal";
        };
    }
}
