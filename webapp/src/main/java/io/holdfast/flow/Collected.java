// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.flow;

import io.holdfast.http.BodySink;
import io.holdfast.http.BodySource;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/** A body that is gathered until it is whole. */
public final class Collected implements BodySink {
    private final int most;
    private final BodySource source;
    private final Owner owner;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private BodySink rest = this; // changed by the calls of the source, which come one at a time

    /** The owner of a body. */
    public interface Owner {
        /** Takes the whole body. */
        void whole(byte[] body);

        /** The body is too long to be gathered. Returns the sink for the rest. The bytes of the beginning must not be requested again. */
        BodySink tooLong(byte[] beginning);

        /** The body broke off. */
        void broken(Exception why);
    }

    /** Gathers a body of at most this many bytes, which is requested from the source at once. */
    public static Collected from(BodySource source, int most, Owner owner) {
        Collected made = new Collected(source, most, owner);
        source.request(BodySource.WINDOW);
        return made;
    }

    private Collected(BodySource source, int most, Owner owner) {
        this.source = source;
        this.most = most;
        this.owner = owner;
    }

    @Override
    public void piece(ByteBuffer piece) {
        if (rest != this) {
            rest.piece(piece);
            return;
        }
        byte[] more = BodySink.bytes(piece);
        bytes.writeBytes(more);
        source.request(more.length);
        if (bytes.size() > most) rest = owner.tooLong(bytes.toByteArray());
    }

    @Override
    public void end() {
        if (rest == this) owner.whole(bytes.toByteArray());
        else rest.end();
    }

    @Override
    public void fail(Exception why) {
        if (rest == this) owner.broken(why);
        else rest.fail(why);
    }
}
