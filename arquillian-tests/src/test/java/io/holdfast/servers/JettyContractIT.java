// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.servers;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.holdfast.testing.Http;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import java.util.logging.StreamHandler;
import java.util.stream.Stream;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;

/** The web archive on Jetty within this process, with the one file that Jetty needs to log users in. */
@ExtendWith(ArquillianExtension.class)
class JettyContractIT extends Contract {
    private static final ByteArrayOutputStream LOGGED = new ByteArrayOutputStream();
    private static final StreamHandler LOG = new StreamHandler(LOGGED, new SimpleFormatter());

    @Deployment(testable = false)
    static WebArchive war() {
        return ShrinkWrap.createFromZipFile(WebArchive.class, Build.war().toFile())
                .addAsWebInfResource("jetty-web.xml");
    }

    /** The address with the context, which the adapter names after a file of its own. */
    @ArquillianResource
    private @Nullable URI base;

    @BeforeAll
    static void listen() {
        Logger.getLogger("").addHandler(LOG);
    }

    @AfterAll
    static void stopListening() {
        Logger.getLogger("").removeHandler(LOG);
    }

    @Override
    URI holder() {
        return Objects.requireNonNull(base);
    }

    @Override
    URI releaser() {
        return holder();
    }

    @Override
    String log() {
        LOG.flush();
        return LOGGED.toString(StandardCharsets.UTF_8);
    }

    /** Jetty cannot upgrade a connection, and a worker that dials in learns that. */
    @Override
    @TestFactory
    Stream<DynamicTest> ofWorkers() {
        return Stream.of(DynamicTest.dynamicTest("aWorkerThatDialsInIsRefused", () -> {
            Http.Response refused = Shipped.http(holder())
                    .send("POST", "/workers/q", "Content-Length: 0", "Upgrade: PTTH/1.0", "Connection: Upgrade")
                    .response();
            assertEquals(501, refused.status(), refused.toString());
        }));
    }
}
