// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http.message;

/** Shows one response in another form, piece by piece, in order, one call at a time. */
public interface ResponseFilter {

    /** The beginning in the other form; the length of the whole is not known. */
    PassedResponse begin(int status, Headers headers, byte[] body);

    /** The next piece in the other form, as far as it can be shown already. */
    byte[] apply(byte[] piece);

    /** The rest, and the end. */
    byte[] end();

    /** A whole response in the other form. */
    default PassedResponse whole(Response response) {
        PassedResponse begun = begin(response.status(), response.allHeaders(), response.body());
        byte[] beginning = begun.body(), end = end();
        byte[] all = new byte[beginning.length + end.length];
        System.arraycopy(beginning, 0, all, 0, beginning.length);
        System.arraycopy(end, 0, all, beginning.length, end.length);
        return new PassedResponse(begun.status(), begun.headers(), all);
    }
}
