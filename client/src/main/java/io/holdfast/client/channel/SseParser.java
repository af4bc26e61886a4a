// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.channel;

import io.holdfast.client.http.TooLongException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Parses a stream of Server-Sent Events as the WHATWG's HTML standard says (section 9.2.6), however its bytes are cut into pieces. Two
 * fields are Holdfast's own: {@code encoding: base64}, and {@code channel} in a stream of several channels.
 *
 * <p>It keeps a bounded number of bytes of an unfinished line and of an unfinished event. It drops the event that the end of the stream
 * leaves unfinished.
 */
final class SseParser {
    private static final byte[] BOM = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};
    /** More than any server needs, and far from overflow. */
    private static final int MOST_RETRY_DIGITS = 9;

    /**
     * The fields that an empty line ended.
     *
     * @param id the last id of the stream, of this block or of an earlier one; empty if there was none
     * @param hasOwnId whether this block had an id
     * @param type the value of {@code event}; empty if there was none
     * @param data the lines of data, joined; null if there was none, in which case the block is not an event
     * @param encoding the value of {@code encoding}; empty if there was none
     * @param channel the value of {@code channel}; empty if there was none
     */
    record Block(
            String id,
            boolean hasOwnId,
            String type,
            @Nullable String data,
            String encoding,
            String channel) {}

    private final int longest;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private int bomSeen;
    private boolean afterCr;
    private String lastId = "";
    private @Nullable Duration retry;
    private boolean alive;

    private boolean ownId;
    private String type = "";
    private String encoding = "";
    private String channel = "";
    private @Nullable StringBuilder data;
    private long held;

    SseParser(int longest) {
        this.longest = longest;
    }

    /** Parses a further piece of the stream, and returns the blocks that it ended. */
    List<Block> feed(ByteBuffer piece) throws TooLongException {
        List<Block> ended = new ArrayList<>();
        while (piece.hasRemaining()) {
            byte next = piece.get();
            if (bomSeen < BOM.length && isBom(next)) continue;
            if (afterCr && next == '\n') afterCr = false;
            else if (next == '\n' || next == '\r') endLine(next, ended);
            else keep(next);
        }
        return ended;
    }

    /** Whether the byte belongs to the byte order mark at the beginning. If the mark stays incomplete, its bytes are text. */
    private boolean isBom(byte next) throws TooLongException {
        if (next == BOM[bomSeen]) {
            bomSeen++;
            return true;
        }
        int found = bomSeen;
        bomSeen = BOM.length;
        for (int i = 0; i < found; i++) keep(BOM[i]);
        return false;
    }

    private void keep(byte next) throws TooLongException {
        afterCr = false;
        if (line.size() >= longest) throw new TooLongException("A line of the stream", longest);
        line.write(next);
    }

    private void endLine(byte end, List<Block> ended) throws TooLongException {
        afterCr = end == '\r';
        String text = line.toString(StandardCharsets.UTF_8);
        int size = line.size();
        line.reset();
        if (text.isEmpty()) endBlock(ended);
        else if (text.charAt(0) == ':') alive = true;
        else field(text, size);
    }

    private void field(String text, int size) throws TooLongException {
        int colon = text.indexOf(':');
        String name = colon < 0 ? text : text.substring(0, colon);
        String value = colon < 0 ? "" : text.substring(colon + 1);
        if (value.startsWith(" ")) value = value.substring(1);
        switch (name) {
            case "data" -> addData(value, size);
            case "event" -> type = value;
            case "encoding" -> encoding = value;
            case "channel" -> channel = value;
            case "id" -> id(value);
            case "retry" -> retry(value);
            default -> {} // ignored, as the standard says
        }
    }

    private void addData(String value, int size) throws TooLongException {
        held += size;
        if (held > longest) throw new TooLongException("An event of the stream", longest);
        if (data == null) data = new StringBuilder(value);
        else data.append('\n').append(value);
    }

    private void id(String value) {
        if (value.indexOf('\0') >= 0) return;
        lastId = value;
        ownId = true;
    }

    private void retry(String value) {
        if (value.isEmpty() || !value.chars().allMatch(c -> c >= '0' && c <= '9')) return;
        String digits = value.replaceFirst("^0+(?=.)", "");
        boolean huge = digits.length() > MOST_RETRY_DIGITS;
        retry = Duration.ofMillis(huge ? Integer.MAX_VALUE : Long.parseLong(digits));
    }

    private void endBlock(List<Block> ended) {
        if (ownId || data != null) {
            ended.add(new Block(lastId, ownId, type, data == null ? null : data.toString(), encoding, channel));
            alive = true;
        }
        ownId = false;
        type = "";
        encoding = "";
        channel = "";
        data = null;
        held = 0;
    }

    /** Whether a comment or an event has come so far, so that the server not only accepts but works. */
    boolean isAlive() {
        return alive;
    }

    /** The pause that the server asks for after the end of the stream; null if it asked for none. */
    @Nullable
    Duration retry() {
        return retry;
    }
}
