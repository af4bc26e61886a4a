// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.flow;

import org.jspecify.annotations.Nullable;

/** The reason why there is no response, or why it broke off. */
public final class Failure extends Exception {
    private static final long serialVersionUID = 1;

    private final Kind kind;
    private final boolean begun;

    /** The kinds. Their names go over the wire. */
    public enum Kind {
        /** The limit of held or waiting requests is reached, or this member goes down. Nothing was begun. */
        FULL(false),
        /** The limit of queues is reached. Nothing was begun. */
        TOO_MANY_QUEUES(false),
        /** The cluster is not available. Nothing was begun. */
        UNAVAILABLE(false),
        /** No origin took the request in time. Nothing was begun. */
        NOT_TAKEN(false),
        /** The origin has not seen the request, or has not begun it. Another origin may be asked. */
        DECLINED(false),
        /** The origin is gone. It may have performed the request. */
        DIED(true),
        /** The origin sends something that is not HTTP. */
        MALFORMED(true),
        /** The origin has sent nothing for too long. */
        SILENT(true);

        private final boolean begun;

        Kind(boolean begun) {
            this.begun = begun;
        }
    }

    /** A failure of this kind, with the event in words. */
    public Failure(Kind kind, String detail) {
        this(kind, detail, null);
    }

    /** The same with its cause. */
    public Failure(Kind kind, String detail, @Nullable Throwable cause) {
        this(kind, detail, cause, kind.begun);
    }

    private Failure(Kind kind, String detail, @Nullable Throwable cause, boolean begun) {
        super(detail, cause, false, false);
        this.kind = kind;
        this.begun = begun;
    }

    /** The same failure, of a request that an origin may have begun before. */
    public Failure afterBegin() {
        return begun ? this : new Failure(kind, detail(), getCause(), true);
    }

    /** Its kind. */
    public Kind kind() {
        return kind;
    }

    /** Whether an origin may have begun the request, now or in an earlier attempt. */
    public boolean mayHaveBegun() {
        return begun;
    }

    /** Whether an origin had begun the request before this failure, which itself began nothing. */
    public boolean isAfterBegin() {
        return begun && !kind.begun;
    }

    /** The event, in words. */
    public String detail() {
        return String.valueOf(getMessage());
    }
}
