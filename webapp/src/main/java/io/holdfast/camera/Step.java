// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.camera;

import org.jspecify.annotations.Nullable;

/**
 * Something that happens to a camera.
 *
 * @param kind what
 * @param name of the member, the poll or the command that it is about
 * @param number of the poll at its member, or of the question
 * @param until when somebody gives up waiting, in epoch milliseconds
 * @param commands whether a poll takes commands
 * @param data of a command or a reply
 * @param dump that is complete
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record Step(
        Kind kind,
        String name,
        long number,
        long until,
        boolean commands,
        byte[] data,
        @Nullable Dump dump) {
    private static final byte[] NOTHING = {};

    /** What can happen. The names go over the wire. */
    enum Kind {
        LOOKED,
        ASKED,
        UNASKED,
        POLLED,
        TOLD,
        UNTOLD,
        LEFT,
        COMING,
        DUMPED,
        COMMANDED,
        REPLIED,
        WITHDRAWN,
        SETTLED
    }

    private static Step of(Kind kind, String name) {
        return new Step(kind, name, 0, 0, false, NOTHING, null);
    }

    static Step looked() {
        return of(Kind.LOOKED, "");
    }

    static Step asked(String member, long until) {
        return new Step(Kind.ASKED, member, 0, until, false, NOTHING, null);
    }

    static Step unasked(String member, long question) {
        return new Step(Kind.UNASKED, member, question, 0, false, NOTHING, null);
    }

    static Step polled(String member, long count, boolean commands, long until) {
        return new Step(Kind.POLLED, member, count, until, commands, NOTHING, null);
    }

    static Step told(String poll) {
        return of(Kind.TOLD, poll);
    }

    static Step untold(String poll) {
        return of(Kind.UNTOLD, poll);
    }

    static Step left(String poll) {
        return of(Kind.LEFT, poll);
    }

    static Step coming() {
        return of(Kind.COMING, "");
    }

    static Step dumped(Dump dump) {
        return new Step(Kind.DUMPED, "", 0, 0, false, NOTHING, dump);
    }

    static Step commanded(String id, byte[] body, long until) {
        return new Step(Kind.COMMANDED, id, 0, until, false, body, null);
    }

    static Step replied(String id, byte[] reply) {
        return new Step(Kind.REPLIED, id, 0, 0, false, reply, null);
    }

    static Step withdrawn(String id) {
        return of(Kind.WITHDRAWN, id);
    }

    static Step settled(String id) {
        return of(Kind.SETTLED, id);
    }

    /** The camera after it. */
    Camera applyTo(Camera camera, long now, long again) {
        return switch (kind) {
            case LOOKED -> camera;
            case ASKED -> camera.asked(name, until, now);
            case UNASKED -> camera.unasked(name, number);
            case POLLED -> camera.polled(name, number, commands, until, now);
            case TOLD -> camera.told(name, now, again);
            case UNTOLD -> camera.untold(name);
            case LEFT -> camera.left(name, now);
            case COMING -> camera.coming(now);
            case DUMPED -> dump == null ? camera : camera.dumped(dump);
            case COMMANDED -> camera.commanded(new Camera.Command(name, data, until, "", null), now);
            case REPLIED -> camera.replied(name, data);
            case WITHDRAWN -> camera.withdrawn(name);
            case SETTLED -> camera.settled(name);
        };
    }
}
