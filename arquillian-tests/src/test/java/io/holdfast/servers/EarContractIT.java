// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.servers;

import java.io.IOException;
import java.net.URI;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.container.test.api.TargetsContainer;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.spec.EnterpriseArchive;
import org.junit.jupiter.api.extension.ExtendWith;

/** The enterprise archive on one server. */
@ExtendWith(ArquillianExtension.class)
class EarContractIT extends Contract {

    @Deployment(name = "ear", testable = false)
    @TargetsContainer("a")
    static EnterpriseArchive ear() {
        return ShrinkWrap.createFromZipFile(EnterpriseArchive.class, Build.ear().toFile());
    }

    @Override
    URI holder() {
        return Shipped.a();
    }

    @Override
    URI releaser() {
        return Shipped.a();
    }

    @Override
    String log() throws IOException {
        return Shipped.log();
    }
}
