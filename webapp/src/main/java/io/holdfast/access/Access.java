// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.access;

import io.holdfast.config.Option;
import io.holdfast.config.Settings;
import io.holdfast.http.Call;
import io.holdfast.http.Problem;
import io.holdfast.http.Refusal;
import java.util.Map;

/**
 * Whether a caller may do what it asks for; where not, a {@link Refusal} is thrown.
 *
 * @param writers who may publish
 * @param readers who may read
 */
public record Access(Writers writers, Readers readers) {
    private static final String PUBLISHER = "publisher", READER = "reader";
    private static final Map<String, String> CHALLENGE =
            Map.of("WWW-Authenticate", "Basic realm=\"Holdfast\", charset=\"UTF-8\"");
    private static final Option<Writers> WRITE = Option.choice(
            "access.publish",
            Writers.LOCAL,
            Writers.class,
            "Who may publish: the container role `publisher` and programs on this machine itself, the role only, or anyone.");
    private static final Option<Readers> READ = Option.choice(
            "access.read",
            Readers.ANYONE,
            Readers.class,
            "Who may read channels: anyone, or the container role `reader`.");

    /** Who may publish. */
    public enum Writers {
        LOCAL,
        ROLE,
        ANYONE
    }

    /** Who may read. */
    public enum Readers {
        ANYONE,
        ROLE
    }

    /** Reads the options. */
    public static Access read(Settings settings) {
        return new Access(settings.get(WRITE), settings.get(READ));
    }

    /** The caller wants to publish or to delete. */
    public void toPublish(Call call) {
        if (writers == Writers.ANYONE) return;
        call.checkOrigin();
        if (writers == Writers.LOCAL && call.isLocal()) return;
        inRole(call, PUBLISHER, "publish");
    }

    /** The caller wants to read. */
    public void toRead(Call call) {
        if (readers == Readers.ROLE) inRole(call, READER, "read");
    }

    private static void inRole(Call call, String role, String deed) {
        boolean known = call.isKnown();
        if (known && call.isInRole(role)) return;
        String rule = "a caller in the container role " + role;
        Problem problem = Problem.of(known ? 403 : 401, "To " + deed + " takes " + rule + ".")
                .and("field", "caller")
                .and("rule", rule);
        throw known ? new Refusal(problem) : new Refusal(problem, CHALLENGE);
    }
}
