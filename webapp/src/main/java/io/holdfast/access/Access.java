// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.access;

import io.holdfast.config.Option;
import io.holdfast.config.Settings;
import io.holdfast.http.Call;
import io.holdfast.http.message.Headers;
import io.holdfast.http.message.Problem;
import io.holdfast.http.message.Refusal;

/**
 * The rights of callers. A method throws a {@link Refusal} if the caller lacks the right.
 *
 * @param writers the callers that may publish
 * @param readers the callers that may read
 * @param viewers the callers that may ask cameras
 * @param cameras the callers that may be a camera
 * @param workers the callers that may be a worker
 * @param operators the callers that may take a member out of service
 */
public record Access(
        Writers writers, Readers readers, Viewers viewers, Cameras cameras, Workers workers, Operators operators) {
    private static final String PUBLISHER = "publisher",
            READER = "reader",
            VIEWER = "viewer",
            CAMERA = "camera",
            WORKER = "worker",
            OPERATOR = "operator";
    private static final Headers CHALLENGE =
            Headers.of("WWW-Authenticate", "Basic realm=\"Holdfast\", charset=\"UTF-8\"");
    private static final Option<Writers> WRITE = Option.choice(
            "access.publish",
            Writers.LOCAL,
            Writers.class,
            "The callers that may publish, and remove channels and counters. `local`: the container role `publisher` and programs on this machine. `role`: that role only.");
    private static final Option<Readers> READ = Option.choice(
            "access.read",
            Readers.ANYONE,
            Readers.class,
            "The callers that may read channels and list counters. `role`: the container role `reader`.");

    private static final Option<Viewers> VIEW = Option.choice(
            "access.logs",
            Viewers.KNOWN,
            Viewers.class,
            "The callers that may ask cameras for logs and send them commands. `known`: all users that the container authenticates. `role`: the container role `viewer`.");
    private static final Option<Cameras> BE_CAMERA = Option.choice(
            "access.camera",
            Cameras.ANYONE,
            Cameras.class,
            "The callers that may be a camera. `anyone` is what the original protocol has. `local`: the container role `camera` and programs on this machine. `role`: that role only.");

    private static final Option<Workers> WORK = Option.choice(
            "access.worker",
            Workers.LOCAL,
            Workers.class,
            "The callers that may be a worker and administer jobs. `local`: the container role `worker` and programs on this machine. `role`: that role only.");

    private static final Option<Operators> OPERATE = Option.choice(
            "access.operate",
            Operators.LOCAL,
            Operators.class,
            "The callers that may drain a member. `local`: the container role `operator` and programs on this machine. `role`: that role only.");

    /** The callers that may publish. */
    public enum Writers {
        LOCAL,
        ROLE,
        ANYONE
    }

    /** The callers that may read. */
    public enum Readers {
        ANYONE,
        ROLE
    }

    /** The callers that may ask cameras. */
    public enum Viewers {
        KNOWN,
        ROLE
    }

    /** The callers that may be a camera. */
    public enum Cameras {
        ANYONE,
        LOCAL,
        ROLE
    }

    /** The callers that may be a worker. */
    public enum Workers {
        LOCAL,
        ROLE,
        ANYONE
    }

    /** The callers that may take a member out of service. */
    public enum Operators {
        LOCAL,
        ROLE
    }

    /** Reads the options. */
    public static Access read(Settings settings) {
        return new Access(
                settings.get(WRITE),
                settings.get(READ),
                settings.get(VIEW),
                settings.get(BE_CAMERA),
                settings.get(WORK),
                settings.get(OPERATE));
    }

    /** Checks a caller that wants to publish, or to remove a channel or a counter. */
    public void toPublish(Call call) {
        if (writers == Writers.ANYONE) {
            if (call.isLocal() || isInRole(call, PUBLISHER)) call.favour();
            return;
        }
        call.checkOrigin();
        if (writers != Writers.LOCAL || !call.isLocal()) inRole(call, PUBLISHER, "publish");
        call.favour();
    }

    /** Checks a caller that wants to read. */
    public void toRead(Call call) {
        if (readers == Readers.ROLE) inRole(call, READER, "read");
    }

    /** Checks a caller that wants something of a camera; false if it has sent no credentials, or wrong ones. */
    public boolean mayAskCameras(Call call) {
        if (!call.isKnown()) return false;
        if (viewers == Viewers.ROLE) inRole(call, VIEWER, "ask cameras");
        call.favour();
        return true;
    }

    /** Checks a caller that polls, or delivers, as a camera. */
    public void toBeCamera(Call call) {
        call.checkOrigin();
        if (cameras == Cameras.ANYONE || (cameras == Cameras.LOCAL && call.isLocal())) return;
        inRole(call, CAMERA, "be a camera");
    }

    /** Checks a caller that wants to be a worker, or to administer jobs. */
    public void toWork(Call call) {
        call.checkOrigin();
        if (workers == Workers.ANYONE) return;
        if (workers != Workers.LOCAL || !call.isLocal()) inRole(call, WORKER, "be a worker");
        call.favour();
    }

    /** Checks a caller that wants to drain this member, or to know how far that is. */
    public void toOperate(Call call) {
        call.checkOrigin();
        if (operators != Operators.LOCAL || !call.isLocal()) inRole(call, OPERATOR, "operate");
    }

    /** Whether the caller may be a worker. */
    public boolean mayWork(Call call) {
        return workers == Workers.ANYONE || (workers == Workers.LOCAL && call.isLocal()) || isInRole(call, WORKER);
    }

    /** Lets the jobs of workers and operators have the memory that is kept for them. */
    public void favourWorker(Call call) {
        if ((workers != Workers.ROLE && call.isLocal()) || isInRole(call, WORKER)) call.favour();
    }

    /** The refusal of a job of another submitter to a caller that may not administer jobs. */
    public Refusal notTheirs(boolean known) {
        return refusal(known, "The job takes ", "whoever has sent it, or a caller in the container role " + WORKER);
    }

    private static boolean isInRole(Call call, String role) {
        return call.isKnown() && call.isInRole(role);
    }

    private static void inRole(Call call, String role, String deed) {
        boolean known = call.isKnown();
        if (known && call.isInRole(role)) return;
        throw refusal(known, "To " + deed + " takes ", "a caller in the container role " + role);
    }

    private static Refusal refusal(boolean known, String what, String rule) {
        Problem problem = Problem.of(known ? 403 : 401, what + rule + ".")
                .and("field", "caller")
                .and("rule", rule);
        return known ? new Refusal(problem) : new Refusal(problem, CHALLENGE);
    }
}
