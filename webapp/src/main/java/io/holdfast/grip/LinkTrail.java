// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.grip;

import java.net.URI;
import java.util.HashSet;
import java.util.Set;

/**
 * The places that a stream has come along since it was last held. It tells when links lead in a circle, in bounded memory: a circle
 * among the last places at once, a longer one within three rounds (Brent's algorithm: one place is remembered for longer and longer).
 */
final class LinkTrail {
    private static final int MOST_VISITED = 100;

    private final Set<URI> visited = new HashSet<>();
    private URI mark;
    private long steps, limit, round;

    /** A trail that begins at that place. */
    LinkTrail(URI place) {
        mark = place;
        restart(place);
    }

    /** Forgets the way to that place. */
    void restart(URI place) {
        visited.clear();
        visited.add(place);
        round = 0;
        remember(place, 1);
    }

    private void remember(URI place, long most) {
        mark = place;
        limit = most;
        steps = 0;
    }

    /** Goes on to that place; true if the way leads in a circle. */
    boolean leadsBack(URI place) {
        if (visited.size() >= MOST_VISITED) visited.clear();
        boolean known = !visited.add(place);
        steps++;
        if (place.equals(mark)) {
            round = steps;
            steps = 0;
        } else if (round > 0 && steps >= round) {
            // It has left the circle.
            round = 0;
            remember(place, 1);
        } else if (round == 0 && steps >= limit) remember(place, 2 * limit);
        return known || round > 0;
    }
}
