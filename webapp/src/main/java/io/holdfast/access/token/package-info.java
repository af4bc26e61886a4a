/**
 * Keys, signed tokens (JWT) and the credentials that an {@code Authorization} header shows.
 *
 * <p>Start at {@link io.holdfast.access.token.TokenKey}, which reads a key, and {@link io.holdfast.access.token.Jwt}, which signs
 * and verifies with it. {@link io.holdfast.access.token.AcceptedCredentials} decides whether a header shows one of the credentials
 * that the configuration accepts.
 *
 * <p>Promises: the kind of the key fixes the algorithm, never the token; a token without an end is not accepted; no message, log or
 * {@code toString} shows a key, a token or a password; secrets are compared in constant time.
 *
 * <p>May use {@code http}.
 */
@NullMarked
package io.holdfast.access.token;

import org.jspecify.annotations.NullMarked;
