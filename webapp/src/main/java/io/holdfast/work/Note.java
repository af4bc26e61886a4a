// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work;

import io.holdfast.http.Headers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Something that the member of a caller and that of a worker tell each other. What it does not need is empty.
 *
 * @param kind what
 * @param talk of which of their talks
 * @param number a token, a number of bytes, a status
 * @param length of a body; -1 if nobody knows
 * @param text a slot, a lease, or what went wrong
 * @param headers of a response
 * @param bytes of a body, or how it went wrong
 * @param order what is to be performed
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record Note(
        Kind kind,
        String talk,
        long number,
        long length,
        String text,
        Headers headers,
        byte[] bytes,
        @Nullable Order order) {
    private static final byte[] NOTHING = {};

    /** What can be told. The names go over the wire. */
    enum Kind {
        /** To the worker: perform this. */
        GIVE,
        /** To the worker: a piece of the body, and its end. */
        BODY,
        BODY_END,
        /** To the worker: so much of the response is not in memory any more. */
        TAKEN,
        /** To the worker: nobody wants it. */
        CANCEL,
        /** To the worker: its response, which it has given on a lease, has come. */
        KEPT,
        /** To the caller: more of the body can be taken. */
        WANT,
        /** To the caller: the worker has all of it, and goes on elsewhere. */
        HANDED,
        /** To the caller: what it has leased is answered in this talk. */
        ANSWER,
        /** To the caller: it is at it. */
        PROGRESS,
        /** To the caller: its response. */
        HEAD,
        PIECE,
        END,
        FAILED
    }

    /**
     * What is told at one time, in order.
     *
     * @param talk of which talk
     * @param number of the pages of one end, from 1
     * @param notes at least one
     */
    record Page(String talk, long number, List<Note> notes) {}

    static Note give(String talk, long token, String slot, Order order) {
        return new Note(Kind.GIVE, talk, token, 0, slot, Headers.NONE, NOTHING, order);
    }

    static Note answer(String talk, long token, String lease) {
        return new Note(Kind.ANSWER, talk, token, 0, lease, Headers.NONE, NOTHING, null);
    }

    static Note of(Kind kind, String talk) {
        return of(kind, talk, 0);
    }

    static Note of(Kind kind, String talk, long number) {
        return new Note(kind, talk, number, 0, "", Headers.NONE, NOTHING, null);
    }

    static Note of(Kind kind, String talk, byte[] bytes) {
        return new Note(kind, talk, 0, 0, "", Headers.NONE, bytes, null);
    }

    static Note head(String talk, int status, Headers headers, long length) {
        return new Note(Kind.HEAD, talk, status, length, "", headers, NOTHING, null);
    }

    static Note failed(String talk, Caller.Failure why, String detail) {
        return new Note(
                Kind.FAILED, talk, 0, 0, why.name(), Headers.NONE, detail.getBytes(StandardCharsets.UTF_8), null);
    }
}
