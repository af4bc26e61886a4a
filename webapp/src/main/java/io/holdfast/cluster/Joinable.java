// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.cluster;

/** A replicated record that knows how to join the two sides of a split. */
public interface Joinable<V> {
    /** This record, from the smaller side of the split, joined with the one of the larger side. */
    V joined(V larger);
}
