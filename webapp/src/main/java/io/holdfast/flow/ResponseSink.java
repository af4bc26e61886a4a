// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.flow;

import io.holdfast.http.BodySink;
import io.holdfast.http.BodySource;

/** Where the response to a request goes. Gets a head, and then a body through another sink; or it gets a failure. Must not block. */
public interface ResponseSink {
    /**
     * Takes the head, and says where the body goes, of which at least the end will come. The sink requests from the source what it can
     * take; what it requests before this returns is given afterwards.
     */
    BodySink head(ResponseHead head, BodySource source);

    /** There is no response. This comes instead of a head; what fails after a head fails the body. */
    void fail(Failure why);

    /** The origin tells how far it is. This may be called beside another method. */
    default void progress(byte[] state) {}
}
