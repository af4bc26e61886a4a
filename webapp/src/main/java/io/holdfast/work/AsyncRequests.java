// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

import io.holdfast.http.Call;
import io.holdfast.work.relay.Order;
import java.io.IOException;

/** Takes the requests whose clients do not wait for the response: those with {@code Prefer: respond-async}. */
@FunctionalInterface
public interface AsyncRequests {

    /** Takes the request, and answers the call. */
    void accept(Call call, Order order) throws IOException;
}
