// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.http1;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpHeaders;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The head of a message that was read.
 *
 * @param start the first line
 * @param headers the fields
 */
public record MessageHead(String start, HttpHeaders headers) {
    private static final int MOST_EMPTY_LINES = 4;
    private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.[01] ([1-5][0-9]{2})( .*)?");
    private static final Pattern LENGTH = Pattern.compile("[0-9]{1,18}");

    /** Reads a head up to its body. */
    public static MessageHead read(InputStream in) throws IOException {
        return read(in.read(), in);
    }

    /** Reads a head whose first byte has been read already; -1 if the connection was closed instead. */
    public static MessageHead read(int first, InputStream in) throws IOException {
        LineReader lines = new LineReader(first, in);
        String start = lines.next();
        for (int empty = 0; start.isEmpty() && empty < MOST_EMPTY_LINES; empty++) start = lines.next();
        return new MessageHead(start, lines.fields());
    }

    /** The status, if this is the head of a response. */
    public int status() throws MalformedMessageException {
        Matcher line = STATUS_LINE.matcher(start);
        if (!line.matches()) throw new MalformedMessageException("The peer does not speak HTTP/1.1.");
        return Integer.parseInt(line.group(1));
    }

    /** The first value of a field; empty if there is none. */
    public String value(String name) {
        return headers.firstValue(name).orElse("");
    }

    /** Whether a field, which is a list, contains this word. */
    public boolean contains(String name, String word) {
        return headers.allValues(name).stream()
                .flatMap(value -> Arrays.stream(value.split(",", -1)))
                .anyMatch(one -> one.strip().equalsIgnoreCase(word));
    }

    /** The length of the body in bytes; {@link MessageBody#UNKNOWN} if it comes in chunks, {@code missing} if the head gives none. */
    public long length(long missing) throws MalformedMessageException {
        List<String> codings = headers.allValues("Transfer-Encoding");
        Set<String> lengths = new HashSet<>(headers.allValues("Content-Length"));
        if (!codings.isEmpty()) {
            if (!lengths.isEmpty())
                throw new MalformedMessageException("The message has both a Content-Length and a Transfer-Encoding.");
            if (codings.size() > 1 || !codings.get(0).strip().equalsIgnoreCase("chunked"))
                throw new MalformedMessageException("The Transfer-Encoding is not supported.");
            return MessageBody.UNKNOWN;
        }
        if (lengths.isEmpty()) return missing;
        String length = lengths.iterator().next().strip();
        if (lengths.size() > 1 || !LENGTH.matcher(length).matches())
            throw new MalformedMessageException("The Content-Length is malformed.");
        return Long.parseLong(length);
    }
}
