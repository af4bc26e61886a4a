// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.flow.Failure.Kind;
import io.holdfast.http.BodySink;
import io.holdfast.http.BodySource;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.impl.BasicEntityDetails;
import org.apache.hc.core5.http.message.BasicHttpRequest;
import org.apache.hc.core5.http.message.BasicHttpResponse;
import org.apache.hc.core5.http.nio.AsyncClientExchangeHandler;
import org.apache.hc.core5.http.nio.command.RequestExecutionCommand;
import org.apache.hc.core5.http.protocol.HttpCoreContext;
import org.apache.hc.core5.reactor.IOSession;
import org.junit.jupiter.api.Test;

/** A connection that closes while a request is given to it, as the connections of workers that answer once do. */
class HttpExchangeTest {
    private final List<String> told = new ArrayList<>();

    /** The work of the connection on the request while its sender still enqueues it. */
    private interface Meanwhile {
        void with(RequestExecutionCommand command) throws Exception;
    }

    private final ResponseSink sink = new ResponseSink() {
        @Override
        public BodySink head(ResponseHead head, BodySource source) {
            told.add("head " + head.status());
            return new BodySink() {
                @Override
                public void piece(ByteBuffer bytes) {
                    told.add(StandardCharsets.US_ASCII.decode(bytes).toString());
                }

                @Override
                public void end() {
                    told.add("end");
                }

                @Override
                public void fail(Exception why) {
                    told.add("broken");
                }
            };
        }

        @Override
        public void fail(Failure why) {
            told.add("failed " + why.kind());
        }
    };

    private HttpExchange send(Meanwhile meanwhile) {
        IOSession session = (IOSession) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {IOSession.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("enqueue")) meanwhile.with((RequestExecutionCommand) arguments[0]);
                    return method.getReturnType() == boolean.class ? false : null;
                });
        HttpExchange exchange =
                new HttpExchange(session, new BasicHttpRequest("GET", "/"), null, sink, done -> told.add("released"));
        Connections.send(exchange, Duration.ofMinutes(1));
        return exchange;
    }

    private static void perform(AsyncClientExchangeHandler exchange) throws Exception {
        exchange.produceRequest((request, entity, context) -> {}, HttpCoreContext.create());
        exchange.consumeResponse(new BasicHttpResponse(200), new BasicEntityDetails(2, null), HttpCoreContext.create());
    }

    private static void finish(AsyncClientExchangeHandler exchange) throws Exception {
        exchange.consume(ByteBuffer.wrap("ok".getBytes(StandardCharsets.US_ASCII)));
        exchange.streamEnd(null);
        exchange.releaseResources();
    }

    @Test
    void aResponseThatIsComingIsNotLostWhenTheConnectionClosesBehindIt() throws Exception {
        HttpExchange exchange = send(command -> {
            perform(command.getExchangeHandler());
            assertTrue(command.cancel());
        });
        finish(exchange);
        assertEquals(List.of("head 200", "ok", "end", "released"), told);
    }

    @Test
    void aResponseThatHasComeIsReleasedOnce() throws Exception {
        send(command -> {
            perform(command.getExchangeHandler());
            finish(command.getExchangeHandler());
            command.cancel();
        });
        assertEquals(List.of("head 200", "ok", "end", "released"), told);
    }

    @Test
    void aConnectionThatBreaksWithinTheResponseStillTellsSo() throws Exception {
        HttpExchange exchange = send(command -> {
            perform(command.getExchangeHandler());
            command.cancel();
        });
        exchange.failed(new ConnectionClosedException());
        exchange.releaseResources();
        assertEquals(List.of("head 200", "broken"), told);
    }

    @Test
    void aRequestThatIsCancelledBeforeItIsSentNeverIs() throws Exception {
        HttpExchange exchange = send(RequestExecutionCommand::cancel);
        assertEquals(List.of("failed " + Kind.DECLINED), told);
        assertThrows(ConnectionClosedException.class, () -> perform(exchange));
        assertEquals(1, told.size(), told::toString);
    }
}
