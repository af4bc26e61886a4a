// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work.relay;

import io.holdfast.flow.Failure;
import io.holdfast.http.message.Header;
import java.util.List;

/** A message between the member of a request and the member of a worker. */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
sealed interface Message {

    /** To the worker: a request for the worker of that name. The first of its link. */
    record Start(String worker, long token, String secret, Order order) implements Message {}

    /** To the requester: a worker answers what it has leased. The first of its link. */
    record Answer(String lease, String token, int status, List<Header> headers, long length) implements Message {}

    /** To the requester: the head of the response. */
    record Head(int status, List<Header> headers, long length) implements Message {}

    /** To either: a piece of the other's body. */
    record Piece(byte[] bytes) implements Message {}

    /** To either: the end of the other's body. */
    record End() implements Message {}

    /** To either: this many more bytes may come. */
    record More(long bytes) implements Message {}

    /** To the requester: the worker reports its progress. */
    record Progress(byte[] state) implements Message {}

    /** To the requester: there is no response, or it broke off. */
    record Fail(Failure.Kind kind, String detail) implements Message {}

    /** To the worker: the response is not wanted any more. */
    record Cancel() implements Message {}

    /** To the worker: the requester has the whole answer. */
    record Confirm() implements Message {}

    /**
     * Messages that are sent together.
     *
     * @param link the name of the link
     * @param number the number of the page among those of its sender, from 1
     * @param messages the messages, at least one
     */
    record Page(String link, long number, List<Message> messages) {}
}
