// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.boot;

import io.undertow.security.api.AuthenticationMode;
import io.undertow.security.api.SecurityContext;
import io.undertow.security.idm.Account;
import io.undertow.security.idm.Credential;
import io.undertow.security.idm.IdentityManager;
import io.undertow.security.idm.PasswordCredential;
import io.undertow.security.impl.SecurityContextImpl;
import io.undertow.server.HttpServerExchange;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.Principal;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The users of {@code --user}. They use HTTP Basic and have every role. A check of credentials takes the same time, however wrong
 * they are.
 */
final class StandaloneUsers implements IdentityManager {
    private static final Set<String> ROLES = Set.of("publisher", "reader", "viewer", "camera", "worker", "operator");
    private static final byte[] NOBODY = digest(new char[0]);

    private final Map<String, byte[]> digests = new HashMap<>();

    /** Adds a user, given as {@code NAME:PASSWORD}; false if the text has another form. */
    boolean add(String pair) {
        int colon = pair.indexOf(':');
        if (colon < 1 || colon == pair.length() - 1) return false;
        digests.put(pair.substring(0, colon), digest(pair.substring(colon + 1).toCharArray()));
        return true;
    }

    @Override
    public Account verify(Account account) {
        return account;
    }

    @Override
    public @Nullable Account verify(String name, Credential credential) {
        if (!(credential instanceof PasswordCredential password)) return null;
        byte[] right = digests.getOrDefault(name, NOBODY);
        boolean same = MessageDigest.isEqual(right, digest(password.getPassword()));
        return same && digests.containsKey(name) ? new User(name) : null;
    }

    @Override
    public @Nullable Account verify(Credential credential) {
        return null;
    }

    private static byte[] digest(char[] password) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(StandardCharsets.UTF_8.encode(CharBuffer.wrap(password)));
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JVM has SHA-256", e);
        }
    }

    /** As Undertow's own, but it does not remember users, because that would need a session. */
    static SecurityContext context(
            HttpServerExchange exchange, AuthenticationMode mode, IdentityManager users, @Nullable String mechanism) {
        SecurityContextImpl context = new SecurityContextImpl(exchange, mode, users) {
            @Override
            protected void authenticationComplete(
                    Account account, String mechanismName, boolean programmatic, boolean cachingRequired) {
                super.authenticationComplete(account, mechanismName, false, false);
            }
        };
        if (mechanism != null) context.setProgramaticMechName(mechanism);
        return context;
    }

    private record User(String name) implements Account {

        @Override
        public Principal getPrincipal() {
            return () -> name;
        }

        @Override
        public Set<String> getRoles() {
            return ROLES;
        }
    }
}
