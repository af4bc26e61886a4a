// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.grip.instruct;

import io.holdfast.http.message.Coding;
import io.holdfast.http.message.Headers;
import java.io.IOException;
import java.util.List;

/**
 * A whole response.
 *
 * @param status from 0 to 999, as the protocol allows
 * @param reason the reason phrase; empty if it is not known
 * @param headers the lines in their order, values of one character per byte
 * @param body the bytes; shared, never changed
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
public record WholeResponse(int status, String reason, Headers headers, byte[] body) {

    /**
     * The response as it was before it was compressed, if its coding is known.
     *
     * @param most the longest body in bytes
     * @throws InstructException if the body is longer than that, or not in its coding
     */
    public WholeResponse decoded(int most) {
        Coding coding = Coding.of(headers);
        if (!headers.has(Coding.HEADER) || !coding.isKnown()) return this;
        try {
            byte[] plain = coding.decode(body, most)
                    .orElseThrow(() -> new InstructException("body is longer than " + most + " bytes when decoded"));
            return new WholeResponse(status, reason, headers.without(List.of(Coding.HEADER, "Content-Length")), plain);
        } catch (IOException e) {
            throw new InstructException("body is not in its Content-Encoding '" + coding + "'");
        }
    }

    /** Whether there is a body that could not be decoded, so that nothing can be added to it. */
    boolean isCoded() {
        return body.length > 0 && !Coding.of(headers).isNone();
    }
}
