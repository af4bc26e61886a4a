// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The smallest long poll: {@code GET /hold} is held, {@code POST /hold} answers every held request with its body, one after the
 * other on its own thread. {@code GET /heap} collects garbage and answers the bytes that are left.
 */
@WebServlet(urlPatterns = "/*", asyncSupported = true)
public final class BareServlet extends HttpServlet {
    private static final long serialVersionUID = 1;
    private static final int LONGEST_BODY = 65536;

    private transient List<AsyncContext> held = new ArrayList<>(); // guarded by this

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (request.getRequestURI().endsWith("/heap")) {
            System.gc();
            Runtime runtime = Runtime.getRuntime();
            send(response, (runtime.totalMemory() - runtime.freeMemory() + "\n").getBytes(UTF_8));
            return;
        }
        AsyncContext context = request.startAsync();
        context.setTimeout(0);
        synchronized (this) {
            held.add(context);
        }
    }

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
        byte[] body = request.getInputStream().readNBytes(LONGEST_BODY);
        List<AsyncContext> released;
        synchronized (this) {
            released = held;
            held = new ArrayList<>();
        }
        for (AsyncContext context : released) release(context, body);
        send(response, ("{\"released\":" + released.size() + "}\n").getBytes(UTF_8));
    }

    private static void release(AsyncContext context, byte[] body) {
        try {
            send((HttpServletResponse) context.getResponse(), body);
            context.complete();
        } catch (IOException | IllegalStateException gone) {
            // A waiter that left is not what is measured here.
        }
    }

    private static void send(HttpServletResponse response, byte[] body) throws IOException {
        response.setContentType("application/json");
        response.setContentLength(body.length);
        ServletOutputStream out = response.getOutputStream();
        out.write(body);
    }
}
