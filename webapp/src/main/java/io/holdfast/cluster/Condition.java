// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster;

/**
 * Selects replicated records. A record itself, with a {@linkplain RecordWire wire form}: a member asks its own partitions only, but
 * where those move meanwhile, the condition travels after them.
 */
@FunctionalInterface
public interface Condition<V> {
    /** Whether the record is selected. */
    boolean matches(V stored);
}
