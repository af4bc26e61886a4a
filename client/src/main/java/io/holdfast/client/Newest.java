// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The newest of many lines. */
final class Newest {
    private final int most;
    private final Deque<String> lines = new ArrayDeque<>();

    Newest(int most) {
        this.most = most;
    }

    void add(String line) {
        lines.add(line);
        if (lines.size() > most) lines.remove();
    }

    List<String> all() {
        return List.copyOf(lines);
    }
}
