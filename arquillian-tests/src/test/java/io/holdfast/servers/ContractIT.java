// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.servers;

import java.io.IOException;
import java.net.URI;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.container.test.api.TargetsContainer;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.extension.ExtendWith;

/** The web archive on two servers of one kind, as one cluster. */
@ExtendWith(ArquillianExtension.class)
class ContractIT extends Contract {

    @Deployment(name = "a", testable = false, order = 1)
    @TargetsContainer("a")
    static WebArchive onA() {
        return war();
    }

    @Deployment(name = "b", testable = false, order = 2)
    @TargetsContainer("b")
    static WebArchive onB() {
        return war();
    }

    private static WebArchive war() {
        return ShrinkWrap.createFromZipFile(WebArchive.class, Build.war().toFile());
    }

    @Override
    URI holder() {
        return Shipped.a();
    }

    @Override
    URI releaser() {
        return Shipped.b();
    }

    @Override
    String log() throws IOException {
        return Shipped.log();
    }
}
