/**
 * Keys, signed tokens (JWT) and the credentials that an {@code Authorization} header shows.
 *
 * <p>Start at {@link io.holdfast.access.token.TokenKey}, which reads a key, and {@link io.holdfast.access.token.Jwt}, which signs
 * and verifies with it.
 *
 * <p>{@link io.holdfast.access.token.AcceptedCredentials} decides whether a header shows one of the credentials
 * that the configuration accepts.
 *
 * <p>Promises: the key fixes the algorithm, the token does not. A token without an end is not accepted. No message, log or
 * {@code toString} shows a key, a token or a password. Secrets are compared in constant time.
 *
 * <p>The form of tokens and their signatures are Nimbus JOSE+JWT's; no other room may use that library.
 *
 * <p>May use {@code http}.
 */
@NullMarked
package io.holdfast.access.token;

import org.jspecify.annotations.NullMarked;
