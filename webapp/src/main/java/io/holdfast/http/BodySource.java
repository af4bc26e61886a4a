// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http;

/** Where the bytes of a body come from, as they are requested. All methods may be called from any thread; none blocks. */
public interface BodySource {
    /** How much of a body is usually on its way to its sink, in bytes: that is requested first. */
    int WINDOW = 128 * 1024;

    /** Gives nothing but what is given unasked. */
    BodySource NONE = new BodySource() {
        @Override
        public void request(long bytes) {}

        @Override
        public void cancel() {}
    };

    /**
     * Says that so many bytes more may be given to the sink. Except for the first request, it also says that as many of the bytes
     * given before are out of memory.
     */
    void request(long bytes);

    /** Nothing more is wanted, and what was given is out of memory. The sink may be called once more. */
    void cancel();

    /** Says after the end that all of it is where it belongs: written, or kept. If it is not, the source is cancelled instead. */
    default void confirm() {}
}
