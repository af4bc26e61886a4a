// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

import io.holdfast.http.Call;
import io.holdfast.work.relay.Order;
import java.io.IOException;

/** Takes the requests with {@code Prefer: respond-async}, whose clients do not wait for the response. */
@FunctionalInterface
public interface AsyncRequests {

    /** Takes the request, and answers the call. */
    void accept(Call call, Order order) throws IOException;
}
