// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http.server;

import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.StandardSocketOptions;
import java.nio.channels.NetworkChannel;
import org.jspecify.annotations.Nullable;

/** Reaches things behind a request to which the Servlet API has no way. None of a server's classes is named here. */
final class Internals {
    private static final int AT_ONCE = 0, IN_ORDER = -1;

    private Internals() {}

    /** Goes from a request along methods without parameters, and fields. Returns what the last one gave. */
    static @Nullable Object of(ServletRequest request, String... path) throws ReflectiveOperationException {
        ServletRequest bare = request;
        while (bare instanceof ServletRequestWrapper wrapper) bare = wrapper.getRequest();
        Object at = bare;
        for (String step : path) {
            if (at == null) throw new NoSuchFieldException("Nothing has no " + step);
            at = step(at, step);
        }
        return at;
    }

    private static @Nullable Object step(Object from, String name) throws ReflectiveOperationException {
        for (Class<?> type = from.getClass(); type != null; type = type.getSuperclass()) {
            for (Method method : type.getDeclaredMethods())
                if (method.getName().equals(name) && method.getParameterCount() == 0) {
                    method.setAccessible(true);
                    return method.invoke(from);
                }
            for (Field field : type.getDeclaredFields())
                if (field.getName().equals(name)) {
                    field.setAccessible(true);
                    return field.get(from);
                }
        }
        throw new NoSuchFieldException(from.getClass().getName() + " has no " + name);
    }

    /** Has a socket reset when it is closed, or closed in order again. */
    static void setReset(@Nullable Object socket, boolean atTheEnd) throws ReflectiveOperationException {
        if (!(socket instanceof NetworkChannel channel)) throw new NoSuchFieldException("No socket is " + socket);
        try {
            channel.setOption(StandardSocketOptions.SO_LINGER, atTheEnd ? AT_ONCE : IN_ORDER);
        } catch (IOException closed) {
            throw new InvocationTargetException(closed);
        }
    }
}
