// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.servers;

import java.net.URI;
import java.util.Objects;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtendWith;

/** The web archive on Jetty within this process. */
@ExtendWith(ArquillianExtension.class)
class JettyContractIT extends Contract {

    @Deployment(testable = false)
    static WebArchive war() {
        return ShrinkWrap.createFromZipFile(WebArchive.class, Build.war().toFile());
    }

    /** The adapter names the context after a file of its own. */
    @ArquillianResource
    private @Nullable URI base;

    @Override
    URI holder() {
        return Objects.requireNonNull(base);
    }

    @Override
    URI releaser() {
        return holder();
    }
}
