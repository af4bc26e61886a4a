// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.http;

import java.util.concurrent.CompletionStage;

/** Work that goes on until it ends by itself or is abandoned: a follower, a camera, a worker, a call. */
public interface Activity {

    void start();

    /** Ends it without waiting for the server. It may be called before {@link #start}, and more than once. */
    void abandon();

    /** Completes when it has ended, well or badly. */
    CompletionStage<?> done();
}
