// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work.relay;

import io.holdfast.flow.Failure;
import io.holdfast.http.Header;
import java.util.List;

/** Something that the member of a request and that of a worker send each other. */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
sealed interface Message {

    /** To the worker: a request for the worker of that name. The first of its link. */
    record Start(String worker, long token, Order order) implements Message {}

    /** To the requester: a worker answers what it has leased. The first of its link. */
    record Answer(String lease, long token, int status, List<Header> headers, long length) implements Message {}

    /** To the requester: the head of the response. */
    record Head(int status, List<Header> headers, long length) implements Message {}

    /** To either: a piece of the other's body. */
    record Piece(byte[] bytes) implements Message {}

    /** To either: the end of the other's body. */
    record End() implements Message {}

    /** To either: as many bytes more may come. */
    record More(long bytes) implements Message {}

    /** To the requester: the worker tells how far it is. */
    record Progress(byte[] state) implements Message {}

    /** To the requester: there is no response, or no more of it. */
    record Fail(Failure.Kind kind, String detail) implements Message {}

    /** To the worker: nobody wants the response. */
    record Cancel() implements Message {}

    /** To the worker: all of its answer is where it belongs. */
    record Confirm() implements Message {}

    /**
     * Messages that are sent in one go.
     *
     * @param link by which link
     * @param number among the pages of one end, from 1
     * @param messages at least one
     */
    record Page(String link, long number, List<Message> messages) {}
}
