// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.flow;

import io.holdfast.http.RequestHead;
import io.holdfast.http.message.Header;
import io.holdfast.http.message.Headers;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Checks that a request or a response means the same to all servers on its way. Some servers accept more than others understand. */
public final class Soundness {
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");
    private static final int DELETE = 0x7f;

    private Soundness() {}

    /** Whether the request is sound. */
    public static boolean isSound(RequestHead head) {
        return Header.isName(head.method())
                && head.path().chars().allMatch(c -> c > ' ' && c != DELETE)
                && head.headers().list().stream().allMatch(Soundness::isSound)
                && isFramedOnce(
                        values(head.headers(), "Content-Length").toList(),
                        values(head.headers(), "Transfer-Encoding").toList());
    }

    /** Whether these headers of a response are sound, without those that concern one connection. */
    public static boolean isSound(Headers headers) {
        List<String> lengths = values(headers, "Content-Length").distinct().toList();
        return headers.list().stream().allMatch(Soundness::isSound)
                && lengths.size() <= 1
                && lengths.stream().allMatch(length -> NUMBER.matcher(length).matches());
    }

    /** Whether the header is sound. */
    public static boolean isSound(Header header) {
        return Header.isName(header.name())
                && header.value().chars().allMatch(c -> (c >= ' ' && c != DELETE) || c == '\t');
    }

    private static boolean isFramedOnce(List<String> lengths, List<String> encodings) {
        return lengths.size() + encodings.size() <= 1
                && lengths.stream().allMatch(length -> NUMBER.matcher(length).matches())
                && encodings.stream().allMatch("chunked"::equalsIgnoreCase);
    }

    private static Stream<String> values(Headers headers, String name) {
        return headers.all(name).stream().map(String::strip);
    }
}
