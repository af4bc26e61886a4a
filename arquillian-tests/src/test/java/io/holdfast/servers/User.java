// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.servers;

import io.holdfast.testing.Http;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * A user of every server.
 *
 * @param name the name
 * @param password the password
 * @param roles the roles
 */
record User(String name, String password, List<String> roles) {
    static final User USER = new User("USER", "PASS", List.of());
    static final User ANN = new User("ann", "secret", List.of("publisher"));
    static final User ROB = new User("rob", "secret", List.of("reader", "viewer", "camera", "worker"));
    static final List<User> ALL = List.of(USER, ANN, ROB);

    /** The texts that must not be in a log. Names may be there. */
    static List<String> secrets() {
        return ALL.stream()
                .flatMap(user -> Stream.of(user.password, base64(user.password), base64(user.pair())))
                .distinct()
                .toList();
    }

    /** The header with the user's credentials. */
    String header() {
        return Http.basic(pair());
    }

    private String pair() {
        return name + ":" + password;
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The file {@code conf/tomcat-users.xml} with all users and the user that deploys. */
    static String tomcatUsers() {
        return Stream.concat(ALL.stream(), Stream.of(new User("test", "test", List.of("manager-script"))))
                .map(User::tomcatUser)
                .collect(Collectors.joining("\n", "<tomcat-users>\n", "\n</tomcat-users>\n"));
    }

    private String tomcatUser() {
        return "<user username='" + name + "' password='" + digest(password) + "' roles='" + String.join(",", roles)
                + "'/>";
    }

    /** The digest of a password, as {@code digest.sh} prints it. */
    private static String digest(String password) {
        byte[] salt = {1, 2, 3, 4, 5, 6, 7, 8};
        int rounds = 1000;
        try {
            byte[] key = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                    .generateSecret(new PBEKeySpec(password.toCharArray(), salt, rounds, 256))
                    .getEncoded();
            return HexFormat.of().formatHex(salt) + "$" + rounds + "$"
                    + HexFormat.of().formatHex(key);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
