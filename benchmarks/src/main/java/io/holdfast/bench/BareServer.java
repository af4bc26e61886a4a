// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.bench;

import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.servlet.Servlets;
import io.undertow.servlet.api.DeploymentInfo;
import io.undertow.servlet.api.DeploymentManager;
import jakarta.servlet.ServletException;
import org.xnio.Options;

/** The bare servlet on Undertow, with the listener of the standalone run: {@code BareServer PORT}. */
public final class BareServer {
    private static final int BACKLOG = 4096;
    private static final int IDLE_MILLIS = 300_000;

    private BareServer() {}

    public static void main(String[] arguments) throws ServletException {
        DeploymentManager manager = Servlets.defaultContainer().addDeployment(deployment());
        manager.deploy();
        Undertow.builder()
                .addHttpListener(Integer.parseInt(arguments[0]), "127.0.0.1")
                .setHandler(manager.start())
                .setSocketOption(Options.BACKLOG, BACKLOG)
                .setServerOption(UndertowOptions.NO_REQUEST_TIMEOUT, IDLE_MILLIS)
                .build()
                .start();
    }

    private static DeploymentInfo deployment() {
        return Servlets.deployment()
                .setClassLoader(BareServer.class.getClassLoader())
                .setContextPath("/")
                .setDeploymentName("bare")
                .addServlet(Servlets.servlet("bare", BareServlet.class)
                        .addMapping("/*")
                        .setAsyncSupported(true));
    }
}
