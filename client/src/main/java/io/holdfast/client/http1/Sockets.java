// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.client.http1;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Locale;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import jdk.net.ExtendedSocketOptions;

/** Connections by TCP, and by TLS for {@code https}. A timeout of 10 s holds for the connect and for the handshake. */
public final class Sockets {
    private static final Duration CONNECT = Duration.ofSeconds(10);
    /** The system reports a dead peer after {@code KEEP_IDLE + KEEP_COUNT * KEEP_INTERVAL} seconds. */
    private static final int KEEP_IDLE = 10, KEEP_INTERVAL = 5, KEEP_COUNT = 3;

    private Sockets() {}

    /** Connects to the host and port of the address. */
    public static Socket connect(URI address) throws IOException {
        Socket socket = new Socket();
        try {
            return connect(socket, address);
        } catch (IOException | RuntimeException e) {
            close(socket);
            throw e;
        }
    }

    /** Connects this socket, which others may close meanwhile. */
    public static Socket connect(Socket socket, URI address) throws IOException {
        boolean isTls = "https".equals(address.getScheme().toLowerCase(Locale.ROOT));
        int port = address.getPort() >= 0 ? address.getPort() : isTls ? 443 : 80;
        InetSocketAddress to = new InetSocketAddress(host(address), port);
        if (to.isUnresolved()) throw new UnknownHostException("The host is unknown.");
        socket.connect(to, Math.toIntExact(CONNECT.toMillis()));
        socket.setTcpNoDelay(true);
        keepAlive(socket);
        return isTls ? encrypted(socket, host(address), port) : socket;
    }

    /** The host without the brackets of an IPv6 address. */
    private static String host(URI address) {
        return address.getHost().replaceAll("^\\[|]$", "");
    }

    private static void keepAlive(Socket socket) throws IOException {
        socket.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
        if (!socket.supportedOptions().contains(ExtendedSocketOptions.TCP_KEEPIDLE)) return;
        socket.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, KEEP_IDLE);
        socket.setOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, KEEP_INTERVAL);
        socket.setOption(ExtendedSocketOptions.TCP_KEEPCOUNT, KEEP_COUNT);
    }

    private static Socket encrypted(Socket socket, String host, int port) throws IOException {
        SSLSocketFactory factory = (SSLSocketFactory) SSLSocketFactory.getDefault();
        SSLSocket encrypted = (SSLSocket) factory.createSocket(socket, host, port, true);
        SSLParameters parameters = encrypted.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        encrypted.setSSLParameters(parameters);
        encrypted.setSoTimeout(Math.toIntExact(CONNECT.toMillis()));
        encrypted.startHandshake();
        encrypted.setSoTimeout(0);
        return encrypted;
    }

    /** Closes the connection, and ignores a failure of that. */
    public static void close(Closeable connection) {
        try {
            connection.close();
        } catch (IOException e) {
            // The connection is closed anyway.
        }
    }
}
