// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.channel;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads a stream of Server-Sent Events as the WHATWG HTML standard says (9.2.5 and 9.2.6), in pieces of any length. Written from the
 * standard, without a look at what writes the stream.
 */
final class SseParser {
    private static final int CR = '\r', LF = '\n';

    private final java.io.ByteArrayOutputStream line = new java.io.ByteArrayOutputStream();
    private final List<Message> messages = new ArrayList<>();
    private final StringBuilder data = new StringBuilder();
    private final List<String> unknown = new ArrayList<>();
    private String type = "", lastEventId = "", idBuffer = "";
    private boolean first = true, afterCr;
    private long retry = -1;
    private int comments;

    /** An event that was dispatched. */
    record Message(String type, String data, String lastEventId, List<String> unknownFields) {}

    void feed(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            int b = bytes[i];
            boolean pair = afterCr && b == LF;
            afterCr = b == CR;
            if (pair) continue;
            if (b == CR || b == LF) endOfLine();
            else line.write(b);
        }
    }

    private void endOfLine() {
        // Line ends are ASCII, so whole lines can be decoded; the standard decodes malformed bytes to U+FFFD.
        String text = line.toString(StandardCharsets.UTF_8);
        line.reset();
        if (first && text.startsWith("\ufeff")) text = text.substring(1);
        first = false;
        if (text.isEmpty()) dispatch();
        else if (text.startsWith(":")) comments++;
        else {
            int colon = text.indexOf(':');
            String field = colon < 0 ? text : text.substring(0, colon);
            String value = colon < 0 ? "" : text.substring(colon + 1);
            if (value.startsWith(" ")) value = value.substring(1);
            field(field, value);
        }
    }

    private void field(String name, String value) {
        switch (name) {
            case "event" -> type = value;
            case "data" -> data.append(value).append('\n');
            case "id" -> {
                if (value.indexOf(0) < 0) idBuffer = value;
            }
            case "retry" -> {
                if (value.matches("[0-9]+")) retry = Long.parseLong(value);
            }
            default -> unknown.add(name + "=" + value);
        }
    }

    private void dispatch() {
        lastEventId = idBuffer;
        if (data.length() > 0)
            messages.add(new Message(
                    type.isEmpty() ? "message" : type,
                    data.substring(0, data.length() - 1),
                    lastEventId,
                    List.copyOf(unknown)));
        data.setLength(0);
        unknown.clear();
        type = "";
    }

    List<Message> messages() {
        return messages;
    }

    String lastEventId() {
        return lastEventId;
    }

    long retry() {
        return retry;
    }

    int comments() {
        return comments;
    }

    /** Whether every line and event that was begun has ended. */
    boolean isBetweenEvents() {
        return line.size() == 0
                && data.length() == 0
                && type.isEmpty()
                && unknown.isEmpty()
                && idBuffer.equals(lastEventId);
    }
}
