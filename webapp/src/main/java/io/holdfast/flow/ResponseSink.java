// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.flow;

import io.holdfast.http.BodySink;
import io.holdfast.http.BodySource;

/**
 * The sink for the response to a request. It gets a head, and then the body through another sink; or it gets a failure. Must not block.
 */
public interface ResponseSink {
    /**
     * Takes the head, and returns the sink for the body, of which at least the end will come. The sink requests from the source as much
     * as it can take. Bytes that it requests before this returns come afterwards.
     */
    BodySink head(ResponseHead head, BodySource source);

    /** There is no response. This comes instead of a head. A failure after the head fails the body. */
    void fail(Failure why);

    /** The origin reports its progress. This may be called at the same time as another method. */
    default void progress(byte[] state) {}
}
