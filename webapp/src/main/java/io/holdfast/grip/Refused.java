// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.grip;

import io.holdfast.grip.instruct.Instruct;
import io.holdfast.http.message.EventSources;
import io.holdfast.http.message.Json;
import io.holdfast.http.message.OwnResponse;

/** The answer to a request that this member cannot hold. */
final class Refused {
    private Refused() {}

    /** Asks the client to come again; a stream of Server-Sent Events is accepted and ends at once, because its client would not come. */
    static OwnResponse full(Held held, Instruct instruct, Json json) {
        if (!EventSources.isBegun(instruct.response().headers())) return json.full();
        OwnResponse ended = EventSources.begun();
        return new OwnResponse(ended.status(), ended.contentType(), held.headers(ended.headers()), ended.body());
    }
}
