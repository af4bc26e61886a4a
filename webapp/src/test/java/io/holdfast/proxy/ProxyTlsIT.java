// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.proxy;

import static io.holdfast.testing.Origin.answer;
import static io.holdfast.testing.Origin.write;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.testing.Container;
import io.holdfast.testing.Origin;
import io.holdfast.testing.SelfSigned;
import java.nio.file.Path;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Backends with TLS: which identity they must prove, and which name they are sent. */
@Timeout(60)
class ProxyTlsIT {
    @TempDir
    private Path folder;

    private SelfSigned certificate;
    private SSLContext before;
    private Origin origin;

    @BeforeEach
    void start() throws Exception {
        certificate = new SelfSigned(folder);
        before = SSLContext.getDefault();
        origin = Origin.secure(certificate.shown(), (asked, out) -> write(out, answer(200, "", "secret")));
    }

    @AfterEach
    void stop() throws Exception {
        SSLContext.setDefault(before);
        origin.close();
    }

    /** The status of a request by a route for this domain to the backend, with these parameters. */
    private String ask(String domain, String parameters) throws Exception {
        String line = domain + " 127.0.0.1:" + origin.port() + parameters;
        try (ProxyUnderTest proxy = new ProxyUnderTest(Container.JETTY, folder, line)) {
            String host = domain.startsWith("*") ? "client.test" : domain.split(",", 2)[0];
            String first = proxy.raw("GET / HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n");
            assertEquals(first.contains(" 200 "), first.endsWith("secret"));
            return first.split(" ", 3)[1];
        }
    }

    private String host() {
        return origin.asked().get(origin.asked().size() - 1).header("Host");
    }

    @Test
    void anUntrustedCertificateIsRefusedUnlessTheTargetIsInsecure() throws Exception {
        assertEquals("502", ask("*", ",ssl"));
        assertTrue(origin.asked().isEmpty());

        assertEquals("200", ask("*", ",ssl,insecure"));
        assertEquals("client.test", host());
    }

    @Test
    void theCertificateIsThatOfTheTargetWhereTheRouteIsForAnyHost() throws Exception {
        SSLContext.setDefault(certificate.trusted());

        assertEquals("200", ask("*", ",ssl"));
        assertEquals("client.test", host());
        assertEquals(List.of(), origin.names());
    }

    @Test
    void theHostOfATargetIsWhoItMustBe() throws Exception {
        SSLContext.setDefault(certificate.trusted());

        assertEquals("200", ask("*", ",ssl,host=backend.test:81"));
        assertEquals("backend.test:81", host());
        assertEquals(List.of("backend.test"), origin.names());
        assertEquals("502", ask("*", ",ssl,host=other.test"));
        assertEquals(1, origin.asked().size());
    }

    @Test
    void theHostOfTheRouteIsWhoItMustBeElse() throws Exception {
        SSLContext.setDefault(certificate.trusted());

        assertEquals("200", ask("backend.test", ",ssl"));
        assertEquals("200", ask("*,as_host=backend.test:82", ",ssl"));
        assertEquals("backend.test:82", host());
        assertEquals(List.of("backend.test", "backend.test"), origin.names());
        assertEquals("502", ask("other.test", ",ssl"));
    }

    @Test
    void aTargetMayBeTrustedToBeWhatItIsCalledHere() throws Exception {
        SSLContext.setDefault(certificate.trusted());

        assertEquals("200", ask("other.test", ",ssl,trust_connect_host"));
        assertEquals("200", ask("*", ",ssl,trust_connect_host,host=third.test"));
        assertEquals("third.test", host());
        assertEquals(List.of(), origin.names());
    }

    @Test
    void aMismatchOfTlsAndPlainHttpGets502() throws Exception {
        assertEquals("502", ask("*", ""));
        try (Origin plain = Origin.that((asked, out) -> write(out, answer(200, "", "plain")));
                ProxyUnderTest proxy =
                        new ProxyUnderTest(Container.JETTY, folder, "* 127.0.0.1:" + plain.port() + ",ssl,insecure")) {
            assertTrue(proxy.raw("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                    .startsWith("HTTP/1.1 502"));
            assertTrue(plain.asked().isEmpty());
        }
    }

    @Test
    void anUntrustedTargetIsNotContactedAtALocalAddress() throws Exception {
        assertEquals("502", ask("*", ",ssl,insecure,untrusted"));
        assertTrue(origin.asked().isEmpty());
    }
}
