// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.grip;

import io.holdfast.http.Headers;
import io.holdfast.http.HeldResponse;
import io.holdfast.http.PassedResponse;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** A request that came through the proxy and whose backend has answered with an instruction. */
public interface Held {

    /** Where it is answered. */
    HeldResponse response();

    /** What the route puts in front of the names of channels; may be empty. */
    String prefix();

    /** The channels it is on whatever the backend says. */
    List<String> subscriptions();

    /** Whether the client is told the reasons of failures. */
    boolean isDebugged();

    /** Whether nothing but the head of its response is wanted. */
    boolean isForHead();

    /** When the backend was asked, in milliseconds of the ticker. */
    long askedAt();

    /** How often the backend was asked. */
    int asked();

    /** The headers that the client is given, where the route adds some to these. */
    Headers headers(Headers headers);

    /** Where the client has asked: what links of the backend are relative to. */
    URI place();

    /** Has the place told that the client is not there any more, by a {@code POST} of nothing; whatever becomes of it. */
    void notifyGone(URI place);

    /**
     * Asks for what is at this place, by a route of ours: never of anybody who is not configured. The stage has a whole response.
     *
     * @param more headers besides those of the request
     */
    CompletionStage<PassedResponse> fetch(URI place, Headers more);

    /** Names the one to be told when the client is gone; of several, the last. */
    void onGone(Runnable listener);

    /** Has the backend asked again, with these headers besides; its answer is for the client then. */
    void askAgain(Headers more);

    /** It is answered, and its body is not needed any more. */
    void done();
}
