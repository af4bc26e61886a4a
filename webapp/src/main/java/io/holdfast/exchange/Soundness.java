// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.exchange;

import io.holdfast.http.RequestHead;
import java.util.List;
import java.util.Map.Entry;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Whether a request, or a response, means the same to everybody on its way: some servers let more pass than others understand. */
public final class Soundness {
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]+");
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");
    private static final int DELETE = 0x7f;

    private Soundness() {}

    /** Whether it does. */
    public static boolean isSound(RequestHead head) {
        return TOKEN.matcher(head.method()).matches()
                && head.path().chars().allMatch(c -> c > ' ' && c != DELETE)
                && head.headers().stream().allMatch(Soundness::isSound)
                && isFramedOnce(
                        values(head.headers(), "Content-Length").toList(),
                        values(head.headers(), "Transfer-Encoding").toList());
    }

    /** Whether these may be the headers of a response, of which those that concern one connection only are taken away. */
    public static boolean isSound(List<Entry<String, String>> headers) {
        List<String> lengths = values(headers, "Content-Length").distinct().toList();
        return headers.stream().allMatch(Soundness::isSound)
                && lengths.size() <= 1
                && lengths.stream().allMatch(length -> NUMBER.matcher(length).matches());
    }

    /** Whether this may be a header. */
    public static boolean isSound(Entry<String, String> header) {
        return TOKEN.matcher(header.getKey()).matches()
                && header.getValue().chars().allMatch(c -> (c >= ' ' && c != DELETE) || c == '\t');
    }

    private static boolean isFramedOnce(List<String> lengths, List<String> encodings) {
        return lengths.size() + encodings.size() <= 1
                && lengths.stream().allMatch(length -> NUMBER.matcher(length).matches())
                && encodings.stream().allMatch("chunked"::equalsIgnoreCase);
    }

    private static Stream<String> values(List<Entry<String, String>> headers, String name) {
        return headers.stream()
                .filter(header -> header.getKey().equalsIgnoreCase(name))
                .map(header -> header.getValue().strip());
    }
}
