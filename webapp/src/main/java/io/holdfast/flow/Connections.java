// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.flow;

import java.nio.channels.ReadableByteChannel;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.apache.hc.core5.http.ContentLengthStrategy;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.config.CharCodingConfig;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.BasicHttpTransportMetrics;
import org.apache.hc.core5.http.impl.DefaultConnectionReuseStrategy;
import org.apache.hc.core5.http.impl.nio.ClientHttp1IOEventHandler;
import org.apache.hc.core5.http.impl.nio.ClientHttp1StreamDuplexer;
import org.apache.hc.core5.http.impl.nio.DefaultHttpRequestWriterFactory;
import org.apache.hc.core5.http.impl.nio.DefaultHttpResponseParserFactory;
import org.apache.hc.core5.http.nio.ContentDecoder;
import org.apache.hc.core5.http.nio.SessionInputBuffer;
import org.apache.hc.core5.http.nio.command.RequestExecutionCommand;
import org.apache.hc.core5.http.protocol.HttpCoreContext;
import org.apache.hc.core5.http.protocol.HttpProcessor;
import org.apache.hc.core5.http.protocol.HttpProcessorBuilder;
import org.apache.hc.core5.reactor.Command;
import org.apache.hc.core5.reactor.IOEventHandlerFactory;
import org.apache.hc.core5.reactor.IOSession;
import org.apache.hc.core5.util.Timeout;

/** The connections of HTTP/1.1 to the servers and workers that answer our requests. */
public final class Connections {
    private static final int LINE = 64 * 1024, HEADERS = 1_000;
    /** The number of bytes of a response that are read ahead of the client. */
    private static final int WINDOW = 128 * 1024;

    private static final int BUFFER = 16 * 1024;

    private Connections() {}

    /** Sends a request on a free connection. It fails if the other side sends nothing for that long. */
    public static void send(HttpExchange exchange, Duration silence) {
        IOSession session = exchange.session();
        exchange.start();
        session.setSocketTimeout(Timeout.of(silence));
        session.enqueue(new RequestExecutionCommand(exchange, HttpCoreContext.create()), Command.Priority.NORMAL);
    }

    /** Handlers that send requests unchanged: they add no headers, follow no redirects and retry nothing. */
    public static IOEventHandlerFactory http1() {
        Http1Config config = Http1Config.custom()
                .setMaxLineLength(LINE)
                .setMaxHeaderCount(HEADERS)
                .setInitialWindowSize(WINDOW)
                .setBufferSize(BUFFER)
                .build();
        CharCodingConfig coding = CharCodingConfig.custom()
                .setCharset(StandardCharsets.ISO_8859_1)
                .setMalformedInputAction(CodingErrorAction.REPLACE)
                .setUnmappableInputAction(CodingErrorAction.REPLACE)
                .build();
        DefaultHttpResponseParserFactory heads = new DefaultHttpResponseParserFactory(config);
        HttpProcessor nothing = HttpProcessorBuilder.create().build();
        return (session, attachment) -> {
            WholeHeads responses = new WholeHeads(heads.create());
            return new ClientHttp1IOEventHandler(
                    new ClientHttp1StreamDuplexer(
                            session,
                            nothing,
                            config,
                            coding,
                            DefaultConnectionReuseStrategy.INSTANCE,
                            responses,
                            responses.writer(DefaultHttpRequestWriterFactory.INSTANCE.create()),
                            null,
                            null,
                            null) {
                        @Override
                        protected ContentDecoder createContentDecoder(
                                long length,
                                ReadableByteChannel channel,
                                SessionInputBuffer buffer,
                                BasicHttpTransportMetrics metrics)
                                throws HttpException {
                            return length == ContentLengthStrategy.CHUNKED
                                    ? new WholeChunks(channel, buffer, config, metrics)
                                    : super.createContentDecoder(length, channel, buffer, metrics);
                        }
                    });
        };
    }
}
