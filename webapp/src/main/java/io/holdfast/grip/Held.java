// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.grip;

import io.holdfast.http.HeldResponse;
import io.holdfast.http.message.Headers;
import io.holdfast.http.message.PassedResponse;
import io.holdfast.http.message.Response;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** A request that came through the proxy and whose backend has answered with an instruction. */
public interface Held {

    /** The response that is held. */
    HeldResponse response();

    /** The prefix that the route adds to the names of channels; may be empty. */
    String prefix();

    /** The channels that the route adds to those of the backend. */
    List<String> subscriptions();

    /** The answer if there is no response. The client is told the reason only if the route allows that. */
    Response failure(String why);

    /** Whether responses tell the client why something failed. */
    boolean isDebugged();

    /** Whether the client asked for the head of the response only. */
    boolean isForHead();

    /** When the backend was asked, in milliseconds of the ticker. */
    long askedAt();

    /** How often the backend was asked. */
    int asked();

    /** These headers, and those that the route adds for the client. */
    Headers headers(Headers headers);

    /** The address that the client asked for, to which the links of the backend are relative. */
    URI place();

    /** Sends an empty {@code POST} to this place, because the client is gone. Its outcome is not awaited. */
    void notifyGone(URI place);

    /**
     * Fetches this place through a route of ours, so that nothing is asked of a host without a route. The stage completes with a
     * whole response.
     *
     * @param more headers besides those of the request
     */
    CompletionStage<PassedResponse> fetch(URI place, Headers more);

    /** Sets the listener that runs when the client is gone; a later one replaces it. */
    void onGone(Runnable listener);

    /** Asks the backend again, with these headers added; the client gets that answer. */
    void askAgain(Headers more);

    /** The request is answered, and its body is not needed any more. */
    void done();
}
