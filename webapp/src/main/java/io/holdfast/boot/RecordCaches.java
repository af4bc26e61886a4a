// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.boot;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.runtime.ObjectMethods;
import java.util.List;

/**
 * The places where a JDK before 20 remembers records. When the equality or the hash code of a record is used for the first time, the
 * JDK keeps the types of that record until the next such record. The last record of an application keeps its class loader so.
 */
final class RecordCaches {
    private static final Logger LOG = System.getLogger(RecordCaches.class.getName());

    private RecordCaches() {}

    /** Has the JDK remember one of its own classes instead of ours. */
    static void clear() {
        try {
            MethodHandles.Lookup lookup = MethodHandles.publicLookup();
            MethodHandle component = lookup.findVirtual(String.class, "toString", MethodType.methodType(String.class));
            for (String method : List.of("equals", "hashCode"))
                ObjectMethods.bootstrap(lookup, method, MethodHandle.class, String.class, "text", component);
        } catch (Throwable e) {
            LOG.log(Level.DEBUG, "The JDK keeps the last record that was compared", e);
        }
    }
}
