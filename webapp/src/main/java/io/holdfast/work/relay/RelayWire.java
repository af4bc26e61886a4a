// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.work.relay;

import io.holdfast.cluster.ClusterPart;
import io.holdfast.cluster.RecordWire;
import io.holdfast.http.message.Header;
import java.util.List;
import java.util.Map;

/** The wire form of requests and of messages. Jobs store requests, so the field and type names of requests never change. */
final class RelayWire {

    private RelayWire() {}

    static ClusterPart part() {
        return new ClusterPart(
                List.of(
                        RecordWire.of("work.header.v1", Header.class),
                        RecordWire.of("work.order.v1", Order.class),
                        RecordWire.of("work.start.v2", Message.Start.class),
                        RecordWire.of("work.answer.v2", Message.Answer.class),
                        RecordWire.of("work.head.v1", Message.Head.class),
                        RecordWire.of("work.piece.v1", Message.Piece.class),
                        RecordWire.of("work.end.v1", Message.End.class),
                        RecordWire.of("work.more.v1", Message.More.class),
                        RecordWire.of("work.progress.v1", Message.Progress.class),
                        RecordWire.of("work.fail.v1", Message.Fail.class),
                        RecordWire.of("work.cancel.v1", Message.Cancel.class),
                        RecordWire.of("work.confirm.v1", Message.Confirm.class),
                        RecordWire.of("work.page.v2", Message.Page.class)),
                Map.of());
    }
}
