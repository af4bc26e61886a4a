// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.holdfast.flow.Failure;
import io.holdfast.http.message.Header;
import io.holdfast.http.message.Headers;
import io.holdfast.testing.Wires;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The wire form of the room's records: kept for ever, because members of two versions meet. */
class RelayWireTest {
    private static final Order ORDER = new Order("t", "q", "GET", "/", Headers.NONE, false, 0, 3);

    /** One of each record that travels. */
    private static final List<Object> EXAMPLES = List.of(
            new Header("n", "v"),
            ORDER,
            new Message.Start("w", 1, "s", ORDER),
            new Message.Answer("l", "1-s", 200, List.of(), -1),
            new Message.Head(200, List.of(), -1),
            new Message.Piece(new byte[] {1}),
            new Message.End(),
            new Message.More(1),
            new Message.Progress(new byte[] {1}),
            new Message.Fail(Failure.Kind.DIED, "d"),
            new Message.Cancel(),
            new Message.Confirm(),
            new Message.Page("t", 1, List.of(new Message.End())));

    /** If this fails, old members cannot be read any more: give what is new a new field or type instead. */
    @Test
    void theNamesOfTypesAndFieldsAreWhatTheyHaveAlwaysBeen() {
        assertEquals("""
                work.header.v1: String name, String value
                work.order.v1: String id, String queue, String method, String path, ArrayOfCompact headers, Boolean hasBody, \
                Int64 length, Int32 urgency
                work.start.v2: String worker, Int64 token, String secret, Compact order
                work.answer.v2: String lease, String token, Int32 status, ArrayOfCompact headers, Int64 length
                work.head.v1: Int32 status, ArrayOfCompact headers, Int64 length
                work.piece.v1: ArrayOfInt8 bytes
                work.end.v1:\s
                work.more.v1: Int64 bytes
                work.progress.v1: ArrayOfInt8 state
                work.fail.v1: String kind, String detail
                work.cancel.v1:\s
                work.confirm.v1:\s
                work.page.v2: String link, Int64 number, ArrayOfCompact messages""", Wires.described(RelayWire.part(), EXAMPLES));
    }
}
