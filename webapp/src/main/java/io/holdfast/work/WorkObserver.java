// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

/** Observes, at the member of the client, how long requests wait and run. Called on any thread. Must be quick. */
public interface WorkObserver {

    /** A worker has got a request that has waited for this time. */
    void waited(String queue, long nanos);

    /** A worker has performed a request, or died, this time after it got the request. */
    void ran(String queue, long nanos);
}
