// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

/** Told how long things take at the member of the client, by queue, on whatever thread that was. Must be quick. */
public interface WorkObserver {

    /** A request was given to a worker, having waited so long. */
    void waited(String queue, long nanos);

    /** A worker has performed one, or died of it, so long after it was given it. */
    void ran(String queue, long nanos);
}
