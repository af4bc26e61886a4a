// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.grip;

import io.holdfast.access.token.AcceptedCredentials;
import io.holdfast.access.token.TokenKey;
import io.holdfast.config.Option;
import io.holdfast.config.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

/**
 * The options of GRIP.
 *
 * @param issuer who signs the requests to backends
 * @param key what they are signed with; empty for no signature
 * @param upstream what a proxy of GRIP before this one signs its requests with; empty if there is none
 * @param publishing who may publish
 * @param publishSize the longest body of a publish request, in bytes
 * @param patience how long a publisher waits for the cluster
 * @param stall how long a client may accept nothing of its response
 * @param unwatched how long nothing may be written to a stream whose client may have left
 */
public record GripOptions(
        String issuer,
        Optional<TokenKey> key,
        Optional<TokenKey> upstream,
        AcceptedCredentials publishing,
        int publishSize,
        Duration patience,
        Duration stall,
        Duration unwatched) {
    private static final String ANY = "[^\\x00]*", KEY = "text, or base64: and the bytes, or file: and a path";

    private static final Option<String> ISSUER = Option.text(
            "grip.issuer",
            "holdfast",
            "[^\\x00]+",
            "text",
            "The issuer that `Grip-Sig` names in requests to backends.");
    private static final Option<String> SIG_KEY = Option.text(
            "grip.key", "", ANY, KEY, "The key that signs requests to backends. Without it, they are not signed.");
    private static final Option<String> UPSTREAM_KEY = Option.text(
            "grip.upstream.key",
            "",
            ANY,
            KEY,
            "The key with which a GRIP proxy in front of this one signs its requests. Such a proxy gets the instructions of backends unchanged. Without the key, no proxy does.");
    private static final Option<String> PUBLISH_ISSUER = Option.text(
            "grip.publish.issuer", "", ANY, "text", "The issuer that publishers' tokens must name, if any.");
    private static final Option<String> PUBLISH_KEY = Option.text(
            "grip.publish.key",
            "",
            ANY,
            KEY,
            "The key that signs publishers' tokens. Without a key, a token and a user, publishing takes the role `publisher` or a program on the same machine.");
    private static final Option<String> TOKEN =
            Option.text("grip.publish.token", "", ANY, "text", "A fixed token that publishers present.");
    private static final Option<String> USER = Option.text(
            "grip.publish.user", "", ANY, "text", "A user name that publishers present, with its password.");
    private static final Option<String> PASSWORD =
            Option.text("grip.publish.password", "", ANY, "text", "The password of that user.");
    private static final Option<Long> SIZE = Option.bytes(
            "grip.publish.size", "1MiB", "1KiB", "64MiB", "The longest publish request; a longer one is answered 413.");
    private static final Option<Duration> PATIENCE =
            Option.duration("grip.patience", "10s", "1s", "1m", "How long a publisher waits for the cluster.");
    private static final Option<Duration> STALL = Option.duration(
            "grip.stall", "30s", "1s", "10m", "A response is cut if its client accepts nothing for this long.");
    private static final Option<Duration> UNWATCHED = Option.duration(
            "grip.unwatched",
            "10m",
            "1s",
            "24h",
            "How long nothing may be written to a stream, if its client may have left unnoticed (`holdfast_holds_unwatched`). Then the stream ends, and its client comes again. Server-Sent Events get a comment line every five seconds instead.");

    /** Reads the options. */
    public static GripOptions read(Settings settings) {
        return new GripOptions(
                settings.get(ISSUER),
                key(settings, SIG_KEY, text -> TokenKey.signing(text, Path.of(""))),
                key(settings, UPSTREAM_KEY, TokenKey::verifying),
                AcceptedCredentials.of(
                        settings.get(PUBLISH_ISSUER),
                        key(settings, PUBLISH_KEY, TokenKey::verifying).orElse(null),
                        settings.get(TOKEN),
                        settings.get(USER),
                        settings.get(PASSWORD)),
                Math.toIntExact(settings.get(SIZE)),
                settings.get(PATIENCE),
                settings.get(STALL),
                settings.get(UNWATCHED));
    }

    /** A fault names what is wrong with a key, but never shows the key. */
    private static Optional<TokenKey> key(Settings settings, Option<String> option, Function<String, TokenKey> parser) {
        String text = settings.get(option);
        try {
            return text.isEmpty() ? Optional.empty() : Optional.of(parser.apply(text));
        } catch (IllegalArgumentException e) {
            settings.fault(option.key() + " must be " + option.rule() + ": " + e.getMessage() + ".");
            return Optional.empty();
        }
    }

    StreamHold.Times times() {
        return new StreamHold.Times(stall, unwatched);
    }

    /** Without the secrets. */
    @Override
    public String toString() {
        return "GripOptions[issuer=" + issuer + "]";
    }
}
