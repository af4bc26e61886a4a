// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.flow;

import org.jspecify.annotations.Nullable;

/** Why there is no response, or no more of it. */
public final class Failure extends Exception {
    private static final long serialVersionUID = 1;

    private final Kind kind;

    /** The kinds. Their names go over the wire. */
    public enum Kind {
        /** As many requests are held here, or wait, as may; or this member goes down. Nothing was begun. */
        FULL,
        /** There are as many queues as there may be. Nothing was begun. */
        TOO_MANY_QUEUES,
        /** The cluster cannot be asked. Nothing was begun. */
        UNAVAILABLE,
        /** No origin was there in time. Nothing was begun. */
        NOT_TAKEN,
        /** The origin has seen nothing of the request, or has done nothing of it: another may be asked. */
        DECLINED,
        /** The origin is gone; perhaps it has done what was asked. */
        DIED,
        /** The origin sends something that is not HTTP. */
        MALFORMED,
        /** The origin has sent nothing for too long. */
        SILENT
    }

    /** A failure of this kind, and what happened in words. */
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
