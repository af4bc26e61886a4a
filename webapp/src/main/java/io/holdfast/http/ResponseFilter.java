// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http;

/** Shows one response in another form, piece by piece, in order, one call at a time. */
public interface ResponseFilter {

    /** How it begins, for a response that begins so; the length of the whole is not told. */
    PassedResponse begin(int status, Headers headers, byte[] body);

    /** What is next, for this piece: as much as can be shown already. */
    byte[] more(byte[] piece);

    /** What is left, and how it ends. */
    byte[] end();

    /** A response that is whole. */
    default PassedResponse whole(Response reply) {
        PassedResponse begun = begin(reply.status(), reply.lines(), reply.body());
        byte[] beginning = begun.body(), end = end();
        byte[] all = new byte[beginning.length + end.length];
        System.arraycopy(beginning, 0, all, 0, beginning.length);
        System.arraycopy(end, 0, all, beginning.length, end.length);
        return new PassedResponse(begun.status(), begun.headers(), all);
    }
}
