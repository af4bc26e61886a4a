// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.flow;

import io.holdfast.http.Backlog;
import io.holdfast.http.FrontServlet;
import io.holdfast.http.Routes;
import io.holdfast.http.WaitLimits;
import io.holdfast.http.message.Json;
import io.holdfast.testing.Container;
import io.holdfast.time.Clocks;
import io.holdfast.time.SystemTimer;
import io.holdfast.time.Ticker;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The contract on the servers that are tested without a deployment. */
@ParameterizedClass
@EnumSource(names = {"TOMCAT", "UNDERTOW"})
class PtthContractIT extends PtthContract {
    @Parameter
    private Container container;

    private final SystemTimer timer = new SystemTimer("ptth-test");
    private final ExecutorService executor = Executors.newFixedThreadPool(2);
    private Container.Running server;

    @BeforeEach
    void start() throws Exception {
        PtthRelay relay = new PtthRelay(new Clocks(InstantSource.system(), Ticker.system(), timer), executor);
        Routes routes =
                new Routes().add("/workers/{queue}", relay.workers()).add("/requests/{queue}", relay.requests());
        Json json = new Json();
        WaitLimits waits = new WaitLimits(Duration.ofSeconds(60), Duration.ofSeconds(5));
        server = container.start(new FrontServlet(routes, waits, new Backlog(64_000_000, json), json));
    }

    @AfterEach
    void stop() {
        server.close();
        executor.shutdownNow();
        timer.close();
    }

    @Override
    protected URI server() {
        return URI.create("http://127.0.0.1:" + server.port() + "/");
    }

    @Override
    protected String workers() {
        return "/workers/paint";
    }

    @Override
    protected String requests() {
        return "/requests/paint";
    }

    @Override
    protected Duration idle() {
        return Duration.ofSeconds(4);
    }
}
