// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import jakarta.json.spi.JsonProvider;

/** What is answered where there is no response (RFC 9457). */
final class Problem {
    private static final JsonProvider JSON = JsonProvider.provider();

    private Problem() {}

    /**
     * One in words.
     *
     * @param outcome {@code none} if nothing was done, {@code unknown} if that cannot be told
     */
    static WorkResponse of(int status, String detail, String outcome) {
        String json = JSON.createObjectBuilder()
                .add("type", "about:blank")
                .add("status", status)
                .add("detail", detail)
                .add("outcome", outcome)
                .build()
                .toString();
        return WorkResponse.of(status, "application/problem+json", json);
    }
}
