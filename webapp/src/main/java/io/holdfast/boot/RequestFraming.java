// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.boot;

import io.holdfast.http.message.Problem;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Follows the requests of one connection byte by byte (RFC 9112): where each of them ends, its target, and the first fault in what says
 * where it ends. It also keeps the values of headers that the server would change. All other rules for a head are the server's. One thread
 * at a time.
 */
final class RequestFraming {
    /** The longest head, in bytes. */
    static final int LONGEST_HEAD = 64 * 1024;

    /** The server takes no more lines than that, and one parameter more. */
    private static final int MOST_HEADERS = 200, MOST_OF_ONE_NAME = 127, MOST_SEPARATORS = 999;

    private static final int MOST_BLANKS = 16, USUAL_LINE = 128, MOST_DIGITS = 15, MOST_BESIDE = 8 * 1024;
    /** Of a line, in bytes: as many are kept. The application gets no headers as long as that, so nothing that it gets is cut. */
    private static final int LONGEST_LINE = Gate.LONGEST_HEADER + 1;

    private static final String BLANKS = " \t";
    private static final String CODING = "Transfer-Encoding", LENGTH = "Content-Length";
    private static final String CODINGS = "chunked, once, without " + LENGTH + " and with HTTP/1.1";
    private static final String LENGTHS = "a number of at most 18 digits, once";
    private static final String ESCAPES = "percent-encoded, with two hexadecimal digits after each %";
    private static final String WHOLE = "complete when the connection ends";
    private static final String CHUNKS = "chunks of RFC 9112, section 7.1";
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");
    /** Printable, but in no target by RFC 3986. Browsers send most of them. */
    private static final String ODD = "\"<>\\^`{|}";

    private static final String NOT_IN_TOKENS = "\"(),/:;<=>?@[\\]{}";
    private static final int DELETE = 0x7f, BEYOND_ASCII = 0x80;

    private State state = State.BETWEEN;
    private boolean ended, odd, old, query;
    private int count, size, separators, digits;
    private final List<String> names = new ArrayList<>(); // of the headers, while a head comes
    private long rest;
    private @Nullable StringBuilder text; // while a head or a chunked body comes
    private @Nullable String coding, length, target;
    private String latest = ""; // the value of the last header, while a head comes
    private List<Spaced> spaced = List.of();
    private @Nullable Problem fault;

    /**
     * The value of a header as it was sent.
     *
     * @param index among the headers of this name
     */
    record Spaced(String name, int index, String value) {}

    private enum State {
        BETWEEN,
        METHOD,
        TARGET,
        VERSION,
        LINE,
        BODY,
        SIZE,
        PADDING,
        EXTENSION,
        SIZE_END,
        CHUNK,
        CHUNK_RETURN,
        CHUNK_END,
        TRAILER,
        TRAILER_NAME,
        TRAILER_VALUE,
        TRAILER_END,
        END
    }

    /** Whether the next byte is the first of a request. */
    boolean isBetween() {
        return state == State.BETWEEN;
    }

    /** Whether a part of a head has come, and more of it is to come. */
    boolean isWithinHead() {
        return state != State.BETWEEN && state.compareTo(State.BODY) < 0;
    }

    /** The first fault, after which nothing can be followed. */
    @Nullable
    Problem fault() {
        return fault;
    }

    /**
     * The target of the request as it was sent, each byte as one character; null if the server gets it so. The server does not if it has
     * characters that no target may have, or a query that is empty or begins with a question mark. Nor if it has a percent sign in the
     * query, or more parameters than the server takes: the server refuses a request that it cannot decode.
     */
    @Nullable
    String takeTarget() {
        String taken = target;
        target = null;
        return taken;
    }

    /** The values within which several blanks follow each other, or a tab is: the server makes one space of them. */
    List<Spaced> takeSpaced() {
        List<Spaced> taken = spaced;
        spaced = List.of();
        return taken;
    }

    /** The fault of a request within which the connection ends; null if it does not end within one, or there was a fault before. */
    @Nullable
    Problem cut() {
        if (isBetween() || fault != null) return null;
        fail(isWithinHead() ? "head" : "body", WHOLE, "a part");
        return fault;
    }

    /** How many of these bytes belong to empty lines before a request, which are to be left out. */
    int blanks(ByteBuffer bytes, int from, int to) {
        int blanks = 0;
        while (isBetween() && count < MOST_BLANKS && from + blanks < to && isLineEnd(bytes.get(from + blanks))) {
            blanks++;
            count++;
        }
        return blanks;
    }

    private static boolean isLineEnd(byte b) {
        return b == '\r' || b == '\n';
    }

    /**
     * Follows these bytes up to the end of the request, or to a fault. Replaces the characters of a target that the server must not see.
     *
     * @return the index after the last byte that belongs to the request
     */
    int follow(ByteBuffer bytes, int from, int to) {
        int at = from;
        ended = false;
        while (at < to && !ended && fault == null) {
            if (state == State.BODY || state == State.CHUNK) {
                int step = (int) Math.min(rest, to - at);
                at += step;
                skip(step);
            } else {
                int c = bytes.get(at) & 0xff;
                if (state == State.TARGET && isOdd(c)) {
                    odd = true;
                    bytes.put(at, (byte) '_');
                }
                next(c);
                if (fault == null) at++;
            }
        }
        return at;
    }

    private void skip(int step) {
        rest -= step;
        if (rest > 0) return;
        if (state == State.BODY) end();
        else state = State.CHUNK_RETURN;
    }

    private boolean isOdd(int c) {
        if (c >= BEYOND_ASCII || ODD.indexOf(c) >= 0) return true;
        return (query && c == '%') || (c == separator() && separators >= MOST_SEPARATORS);
    }

    private char separator() {
        return query ? '&' : ';';
    }

    private void next(int c) {
        if (isWithinHead() && ++size > LONGEST_HEAD) {
            tooMuch("head", LONGEST_HEAD + " bytes");
            return;
        }
        switch (state) {
            case BETWEEN -> begin();
            case METHOD -> {
                if (c == ' ') state = State.TARGET;
            }
            case TARGET -> target(c);
            case VERSION, LINE -> {
                if (c == '\n') line();
                else if (text().length() < LONGEST_LINE) text().append((char) c);
            }
            default -> chunked(c);
        }
    }

    private void begin() {
        text = new StringBuilder(USUAL_LINE);
        coding = null;
        length = null;
        target = null;
        latest = "";
        spaced = List.of();
        odd = false;
        query = false;
        size = 1;
        separators = 0;
        digits = 0;
        state = State.METHOD;
    }

    private StringBuilder text() {
        StringBuilder mine = text;
        if (mine == null) throw new IllegalStateException("Nothing is read");
        return mine;
    }

    private String taken() {
        String all = text().toString();
        text().setLength(0);
        return all;
    }

    private void target(int c) {
        text().append((char) c);
        if (!query) followPath(c);
        if (c == separator()) separators++;
        if (c == '?' && !query) {
            query = true;
            separators = 0;
        }
        // The server refuses other control characters.
        if (c == ' ' || c == '\n') {
            String sent = taken();
            sent = sent.substring(0, sent.length() - 1);
            int begin = sent.indexOf('?');
            boolean bare = begin >= 0 && (begin == sent.length() - 1 || sent.charAt(begin + 1) == '?');
            if (odd || bare) target = sent;
            state = State.VERSION;
        }
    }

    private void followPath(int c) {
        if (digits > 0 && Character.digit(c, 16) < 0) fail("path", ESCAPES, text().toString());
        else if (digits > 0) digits--;
        else if (c == '%') digits = 2;
    }

    private void line() {
        String line = taken();
        if (line.endsWith("\r")) line = line.substring(0, line.length() - 1);
        if (state == State.VERSION) {
            old = !line.equals("HTTP/1.1");
            state = State.LINE;
        } else if (line.isEmpty()) endOfHead();
        else header(line);
    }

    private void header(String line) {
        boolean more = isBlank(line.charAt(0));
        if (!more) keepSpaced();
        String name = line.substring(0, Math.max(0, line.indexOf(':')));
        names.add(more ? "" : name);
        if (names.size() > MOST_HEADERS) tooMuch("headers", MOST_HEADERS + " lines");
        else if (names.size() > MOST_OF_ONE_NAME && isTooFrequent(name))
            tooMuch("headers", MOST_OF_ONE_NAME + " lines of one name");
        String value =
                line.substring(Math.min(line.length(), name.length() + 1)).strip();
        // A line that goes on is joined by a space (RFC 9112, 5.2).
        if (line.length() >= Gate.LONGEST_HEADER) latest = line; // cut, or too long
        else if (more) latest = withoutBlanks(latest + " " + withoutBlanks(line));
        else latest = withoutBlanks(line.substring(name.length() + 1));
        if (name.equalsIgnoreCase(CODING)) {
            if (coding != null) fail(CODING, CODINGS, coding + ", " + value);
            coding = value;
        } else if (name.equalsIgnoreCase(LENGTH)) {
            if (length != null) fail(LENGTH, LENGTHS, length + ", " + value);
            length = value;
        }
    }

    private void keepSpaced() {
        if (latest.indexOf('\t') < 0 && !latest.contains("  ")) return;
        int at = names.size() - 1;
        while (at > 0 && names.get(at).isEmpty()) at--;
        String name = names.get(at);
        int before = 0;
        for (int i = 0; i < at; i++) if (name.equalsIgnoreCase(names.get(i))) before++;
        if (spaced.isEmpty()) spaced = new ArrayList<>();
        spaced.add(new Spaced(name, before, latest));
    }

    private static boolean isBlank(char c) {
        return BLANKS.indexOf(c) >= 0;
    }

    private static String withoutBlanks(String value) {
        int from = 0, to = value.length();
        while (from < to && isBlank(value.charAt(from))) from++;
        while (from < to && isBlank(value.charAt(to - 1))) to--;
        return value.substring(from, to);
    }

    private boolean isTooFrequent(String name) {
        return !name.isEmpty() && names.stream().filter(name::equalsIgnoreCase).count() > MOST_OF_ONE_NAME;
    }

    private void endOfHead() {
        keepSpaced();
        // Nothing that is long is kept while the body comes.
        latest = "";
        text = new StringBuilder(USUAL_LINE);
        names.clear();
        if (coding != null) {
            if (old || length != null || !coding.equalsIgnoreCase("chunked")) fail(CODING, CODINGS, coding);
            beginChunk();
        } else if (length == null) end();
        else if (!NUMBER.matcher(length).matches()) fail(LENGTH, LENGTHS, length);
        else {
            rest = Long.parseLong(length);
            state = State.BODY;
            text = null;
            if (rest == 0) end();
        }
    }

    private void end() {
        text = null;
        count = 0;
        ended = true;
        state = State.BETWEEN;
    }

    private void beginChunk() {
        text().setLength(0);
        rest = 0;
        state = State.SIZE;
    }

    private void chunked(int c) {
        switch (state) {
            case SIZE -> {
                int digit = c < BEYOND_ASCII ? Character.digit(c, 16) : -1;
                if (digit < 0 && !text().isEmpty()) padding(c);
                else if (digit < 0 || text().length() == MOST_DIGITS) unexpected(c);
                else {
                    text().append((char) c);
                    rest = rest << 4 | digit;
                }
            }
            case PADDING -> padding(c);
            case EXTENSION -> beside(c, State.SIZE_END);
            case SIZE_END -> expect(c, '\n', rest == 0 ? State.TRAILER : State.CHUNK);
            case CHUNK_RETURN -> expect(c, '\r', State.CHUNK_END);
            case CHUNK_END -> {
                expect(c, '\n', State.SIZE);
                if (fault == null) beginChunk();
            }
            case TRAILER -> {
                if (c == '\r') state = State.END;
                else expectToken(c);
            }
            case TRAILER_NAME -> {
                if (c == ':') state = State.TRAILER_VALUE;
                else expectToken(c);
            }
            case TRAILER_VALUE -> beside(c, State.TRAILER_END);
            case TRAILER_END -> expect(c, '\n', State.TRAILER);
            case END -> {
                expect(c, '\n', State.BETWEEN);
                if (fault == null) end();
            }
            default -> throw new IllegalStateException("Not within chunks: " + state);
        }
    }

    /** A chunk may have spaces and an extension after its size. */
    private void padding(int c) {
        count = 0;
        if (c == ' ' || c == '\t') state = State.PADDING;
        else if (c == ';') state = State.EXTENSION;
        else expect(c, '\r', State.SIZE_END);
    }

    /** Text that has no meaning here, up to the end of its line. */
    private void beside(int c, State then) {
        if (c == '\r') state = then;
        else if ((c < ' ' && c != '\t') || c == DELETE || ++count > MOST_BESIDE) unexpected(c);
    }

    private void expectToken(int c) {
        if (c <= ' ' || c >= DELETE || NOT_IN_TOKENS.indexOf(c) >= 0 || ++count > MOST_BESIDE) unexpected(c);
        else state = State.TRAILER_NAME;
    }

    private void expect(int c, char wanted, State then) {
        if (c == wanted) state = then;
        else unexpected(c);
    }

    private void unexpected(int c) {
        fail("body", CHUNKS, text() + Character.toString(c));
    }

    private void tooMuch(String field, String most) {
        String rule = "at most " + most;
        if (fault == null)
            fault = Problem.of(431, field + " must be " + rule + ".")
                    .and("field", field)
                    .and("rule", rule)
                    .and("value", "more");
    }

    private void fail(String field, String rule, String value) {
        if (fault == null) fault = Problem.badValue(field, rule, value);
    }
}
