// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.access.token;

import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;

/** Keys that sign nothing but tests, as OpenSSL writes them, and tokens that Node.js has signed with them. */
public final class TestKeys {
    /** Has the name of its curve before it. */
    static final String CURVE_PRIVATE_OLD = """
            -----BEGIN EC PARAMETERS-----
            BggqhkjOPQMBBw==
            -----END EC PARAMETERS-----
            -----BEGIN EC PRIVATE KEY-----
            MHcCAQEEIAYaIA/qL5z8uFSv10DMQ+RSi/G8TLugcWrd2/BgET77oAoGCCqGSM49
            AwEHoUQDQgAEi37aoyLPZLYCVSAAptkFbuRNWk5YxeSKO2dNl3n5e0yghVcxnqkl
            11IfJyaq1fP9z5noEa7iHGs8yhOHZRoPfA==
            -----END EC PRIVATE KEY-----
            """;

    public static final String CURVE_PRIVATE = """
            -----BEGIN PRIVATE KEY-----
            MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgBhogD+ovnPy4VK/X
            QMxD5FKL8bxMu6Bxat3b8GARPvuhRANCAASLftqjIs9ktgJVIACm2QVu5E1aTljF
            5Io7Z02Xefl7TKCFVzGeqSXXUh8nJqrV8/3PmegRruIcazzKE4dlGg98
            -----END PRIVATE KEY-----
            """;

    public static final String CURVE_PUBLIC = """
            -----BEGIN PUBLIC KEY-----
            MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEi37aoyLPZLYCVSAAptkFbuRNWk5Y
            xeSKO2dNl3n5e0yghVcxnqkl11IfJyaq1fP9z5noEa7iHGs8yhOHZRoPfA==
            -----END PUBLIC KEY-----
            """;

    /** Of the curve P-384, which is not ours. */
    static final String OTHER_CURVE_OLD = """
            -----BEGIN EC PRIVATE KEY-----
            MIGkAgEBBDA4wfZjNfSBXRoz1y73z0E8qzwMGQ4saKxToPtBqbSiQV8Oarm8Fb9D
            QFZo5qrE6s2gBwYFK4EEACKhZANiAATSSyaEOZ2C2xmOZZrB4IRuO+RvM2ESQcX7
            CRI1dlmOQYm8hraGI1iQ8gToAkdRKCS2et0jc/JDBACws1oK9VdxzkIMqVZa2WDk
            cMj0f6Os6bXVyBXOuUElhbxdmAwwhXc=
            -----END EC PRIVATE KEY-----
            """;

    static final String OTHER_CURVE = """
            -----BEGIN PRIVATE KEY-----
            MIG2AgEAMBAGByqGSM49AgEGBSuBBAAiBIGeMIGbAgEBBDA4wfZjNfSBXRoz1y73
            z0E8qzwMGQ4saKxToPtBqbSiQV8Oarm8Fb9DQFZo5qrE6s2hZANiAATSSyaEOZ2C
            2xmOZZrB4IRuO+RvM2ESQcX7CRI1dlmOQYm8hraGI1iQ8gToAkdRKCS2et0jc/JD
            BACws1oK9VdxzkIMqVZa2WDkcMj0f6Os6bXVyBXOuUElhbxdmAwwhXc=
            -----END PRIVATE KEY-----
            """;

    static final String RSA_PUBLIC = """
            -----BEGIN PUBLIC KEY-----
            MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA2jYk82RAjITfkLazYe+r
            RJCBasOoq/XYiKG5WNV5k9tfBQgtkRAi7JwuMfDTRIhGpzDdCfIVpW7IJ1bz4VOV
            XM6JIEQs7G4keGiGPCQsQZ7Aa8ghIzgsHt9oRKSDFZh7moFHmSHIDRNiMEq2OzQ7
            dby9k4adBsqHTQ0dmZOsMKIU2INVKN3BeanfJXAovcDng3Lze0rbTIAYs2GnOpwW
            seK7a4IIiecwhy89TwqltSbKe3x8MIzmbg5ZiK/FZ5+ti7j0HuSDtU6EH3Xl5ykD
            zwNwOWrl9guICthjK2g0cpM5M0QD5w2MIPb8B/eiLHfEJmY5daomzvXInglqn70M
            VwIDAQAB
            -----END PUBLIC KEY-----
            """;

    /** From {@code pushpin}, until 2027-01-15T08:00:00Z. */
    static final String RSA_TOKEN =
            "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJwdXNocGluIiwiZXhwIjoxODAwMDAwMDAwfQ.vX0VePOKdlg8C_Ic_-jev3jLJa7YZ6_WDi3hBl2qFpHa7MU1yOZT8AUBfU2xWumRpreY2Tao1McpLhrKqJmmbboaP31RzmWLdEd2s5u4DFW_ZG5QhASTdh4WwIkcJ06FLRpvRW8dZ5627zwE2_gz2a1KYkIwZ-SVvX-jQPEguaZXQIq_fEhLWbGsr7JkSTVdexaseKAKtpeBidiEHUw8CzDroBUKz7RT2ZITaH_xbAJXjpbmTxp4O3MdzA1cV4_Cu4MngFhxDEZ9rfrCrNj6v7gI2NjiiBJZ3cp6A8xIxT-nqKr94lUT_BGMUSCbZV0L9Wh0vcBWGSFB2c3Ho1Gb6w";

    /** From {@code pushpin}, until 2027-01-15T08:00:00Z. */
    static final String CURVE_TOKEN =
            "eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJwdXNocGluIiwiZXhwIjoxODAwMDAwMDAwfQ.YB1a8f43JCC09l8UEYycxHhXQE0rUC_o4527iZSFVVjxV6uws5eKj0j35s0-wDy3l87WdnvIs2vg7UGMRXhQyA";

    private TestKeys() {}

    static KeyPair rsa() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            return generator.generateKeyPair();
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    /** The newer form of a private key begins with 26 bytes that the older does not have. */
    static byte[] older(byte[] rsaPrivate) {
        return Arrays.copyOfRange(rsaPrivate, 26, rsaPrivate.length);
    }

    static String pem(String type, byte[] der) {
        String text = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                .encodeToString(der);
        return "-----BEGIN " + type + "-----\n" + text + "\n-----END " + type + "-----\n";
    }
}
