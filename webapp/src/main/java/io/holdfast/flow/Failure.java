// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.flow;

import org.jspecify.annotations.Nullable;

/** The reason why there is no response, or why it broke off. */
public final class Failure extends Exception {
    private static final long serialVersionUID = 1;

    private final Kind kind;

    /** The kinds. Their names go over the wire. */
    public enum Kind {
        /** The limit of held or waiting requests is reached, or this member goes down. Nothing was begun. */
        FULL,
        /** The limit of queues is reached. Nothing was begun. */
        TOO_MANY_QUEUES,
        /** The cluster is not available. Nothing was begun. */
        UNAVAILABLE,
        /** No origin took the request in time. Nothing was begun. */
        NOT_TAKEN,
        /** The origin has not seen the request, or has not begun it. Another origin may be asked. */
        DECLINED,
        /** The origin is gone. It may have performed the request. */
        DIED,
        /** The origin sends something that is not HTTP. */
        MALFORMED,
        /** The origin has sent nothing for too long. */
        SILENT
    }

    /** A failure of this kind, with the event in words. */
    public Failure(Kind kind, String detail) {
        this(kind, detail, null);
    }

    /** The same with its cause. */
    public Failure(Kind kind, String detail, @Nullable Throwable cause) {
        super(detail, cause, false, false);
        this.kind = kind;
    }

    /** Its kind. */
    public Kind kind() {
        return kind;
    }

    /** The event, in words. */
    public String detail() {
        return String.valueOf(getMessage());
    }
}
